public import GraftGraph

/// One operation with the types it must handle.
public struct Problem: Sendable {
  public let operation: any Operation
  public let operands: [TensorType]
  public let results: [TensorType]
  /// The operands that never change: what is derived from them alone is computed once.
  public let constantOperands: Set<Int>

  /// An operation on operands and results of these types; of the operands some never change.
  public init(
    operation: any Operation, operands: [TensorType], results: [TensorType],
    constantOperands: Set<Int> = []
  ) {
    self.operation = operation
    self.operands = operands
    self.results = results
    self.constantOperands = constantOperands
  }
}

/// A chosen way to run one operation on one device: what it needs, then its step.
public protocol Lowering<Buffer> {
  associatedtype Buffer

  /// The algorithm's name, for profiles and the tuner's file: `winograd4x4`, `tile`, `naive`.
  var name: String { get }
  /// Scratch memory needed while the step runs, in bytes.
  var workspaceByteCount: Int { get }
  /// Operands wanted in another form, such as a packed kernel.
  var preparations: [OperandPreparation<Buffer>] { get }
  /// Whether this may be the fastest way, so that measuring it pays: not the reference, nor what was
  /// written for another kind of device.
  var isContender: Bool { get }
  /// Of the operation's overwrites, those that this algorithm can't do in place.
  var refusedOverwrites: Set<Overwrite> { get }

  /// Fixes where everything lies.
  func bind(_ binding: Binding<Buffer>) throws -> any Step
}

extension Lowering {
  public var workspaceByteCount: Int { 0 }
  public var preparations: [OperandPreparation<Buffer>] { [] }
  public var isContender: Bool { true }
  public var refusedOverwrites: Set<Overwrite> { [] }
}

/// Another form of an operand that an algorithm reads in place of the operand itself.
///
/// A constant operand is prepared once, and its plain form is dropped if nothing else reads it;
/// any other is prepared in every run, right before the step.
public struct OperandPreparation<Buffer> {
  /// The operand's position.
  public let operand: Int
  /// Names form and shape: equal keys on equal operands share one prepared buffer.
  public let key: String
  /// The size of the prepared form.
  public let byteCount: Int
  /// Makes the step that computes the prepared form (second slice) from the operand (first).
  public let bind: (BufferSlice<Buffer>, BufferSlice<Buffer>) throws -> any Step

  /// Asks for another form of an operand.
  ///
  /// - Parameters:
  ///   - operand: The operand's position.
  ///   - key: Names form and shape; equal keys on equal operands share one prepared buffer.
  ///   - byteCount: The size of the prepared form.
  ///   - bind: Makes the step from the plain form (first slice) to the prepared one (second).
  public init(
    operand: Int, key: String, byteCount: Int,
    bind: @escaping (BufferSlice<Buffer>, BufferSlice<Buffer>) throws -> any Step
  ) {
    self.operand = operand
    self.key = key
    self.byteCount = byteCount
    self.bind = bind
  }
}

/// Where the data of one step lies.
public struct Binding<Buffer> {
  /// One slice an operand; the prepared form where the lowering asked for one.
  public let operands: [BufferSlice<Buffer>]
  public let results: [BufferSlice<Buffer>]
  /// At least the size that the lowering asked for; `nil` where it asked for none.
  public let workspace: BufferSlice<Buffer>?

  /// Slices for each operand and each result, in order, and the workspace that was asked for.
  public init(
    operands: [BufferSlice<Buffer>], results: [BufferSlice<Buffer>],
    workspace: BufferSlice<Buffer>?
  ) {
    self.operands = operands
    self.results = results
    self.workspace = workspace
  }

  /// The workspace of a lowering that asks for one.
  ///
  /// - Throws: ``MissingWorkspace`` where nobody reserved it.
  public var reservedWorkspace: BufferSlice<Buffer> {
    get throws(MissingWorkspace) {
      guard let workspace else { throw MissingWorkspace() }
      return workspace
    }
  }
}

/// A lowering was bound without the workspace that it asks for.
public struct MissingWorkspace: Error, CustomStringConvertible {
  public var description: String {
    "an algorithm was bound without the workspace that it asks for; reserve its workspaceByteCount"
  }
}

/// A bound piece of work; enqueuing it allocates nothing.
public protocol Step {
  func enqueue() throws
}
