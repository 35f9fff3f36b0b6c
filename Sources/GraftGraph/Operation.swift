/// A pure description of one tensor computation.
///
/// An operation is a value: equal operations on equal operands give equal results, so a graph
/// holds each only once. How it runs is the business of a device.
public protocol Operation: Hashable, Sendable {
  /// How many results the operation has.
  var resultCount: Int { get }

  /// The types of the results.
  ///
  /// - Throws: ``GraphError`` where the operands don't fit; it says what would.
  func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType]

  /// The gradient of the loss with respect to one operand, or `nil` if none flows to it.
  ///
  /// Asked for one operand at a time, and only for operands on a path to a trainable parameter.
  func gradient(ofOperand index: Int, in step: BackwardStep) -> Symbol?

  /// Which results may take over the memory of which operands, when nothing else needs those.
  var overwrites: [Overwrite] { get }

  /// Whether one sample's result depends on the other samples of its batch.
  var mixesSamples: Bool { get }

  /// The operation that computes some samples' results from these samples alone, or `nil` where
  /// there is none.
  ///
  /// - Parameters:
  ///   - count: How many samples there are in the part.
  ///   - batchSize: How many there are in the batch, the first extent of all operands that hold
  ///     samples.
  func forPartOfBatch(_ count: Int, of batchSize: Int) -> (any Operation)?
}

extension Operation {
  public var resultCount: Int { 1 }
  public func gradient(ofOperand index: Int, in step: BackwardStep) -> Symbol? { nil }
  public var overwrites: [Overwrite] { [] }
  public var mixesSamples: Bool { false }
  public func forPartOfBatch(_ count: Int, of batchSize: Int) -> (any Operation)? { nil }

  /// The operation's name in messages and profiles: the name of its type.
  public var name: String { String(describing: Self.self) }
}

/// A result that may be computed into the memory of an operand.
public struct Overwrite: Hashable, Sendable {
  public let operand: Int
  public let result: Int

  /// Lets a result lie where an operand lay, both by position.
  public init(operand: Int, result: Int = 0) {
    self.operand = operand
    self.result = result
  }
}

/// An operation whose result lies in its operand's memory: no work at all.
public protocol ViewOperation: Operation {
  /// Where the result begins within the operand, in elements.
  func elementOffset(in operand: TensorType) -> Int
}

extension ViewOperation {
  public func elementOffset(in operand: TensorType) -> Int { 0 }
}

/// An operation whose operands are computed into its result's memory, one after the other: no work.
public protocol JoiningOperation: Operation {}

/// What an operation is given to build the gradient of an operand.
public struct BackwardStep {
  public let operands: [Symbol]
  public let results: [Symbol]
  /// The gradients of the results; `nil` where the loss doesn't depend on a result.
  public let resultGradients: [Symbol?]
  public let builder: GraphBuilder

  /// The gradient of the only result that the loss depends on.
  public var resultGradient: Symbol? { resultGradients.first ?? nil }
}
