/// Where a layer is being traced: the graph under construction and the path of the layer.
public struct Scope {
  /// What the paths of the parameters declared here begin with: the names of the layers around,
  /// joined by dots; empty at the top.
  public let path: String
  /// The name of the layer traced here: its path, but for a backbone, which adds nothing to the
  /// paths of its parameters.
  public let layer: String
  /// Whether the running variances of normalizations in here move towards the unbiased estimate, as
  /// PyTorch's do, or the biased one, as Keras's.
  public var tracksUnbiasedVariance = true
  let record: TraceRecord

  /// The top of a model that is added to the graph of `builder`.
  public init(_ builder: GraphBuilder) {
    self.init(path: "", layer: "", record: TraceRecord(builder))
  }

  private init(path: String, layer: String, record: TraceRecord) {
    (self.path, self.layer, self.record) = (path, layer, record)
  }

  private func with(path: String, layer: String) -> Scope {
    var scope = Scope(path: path, layer: layer, record: record)
    scope.tracksUnbiasedVariance = tracksUnbiasedVariance
    return scope
  }

  public var builder: GraphBuilder { record.builder }

  /// The scope of the layer `name` inside this one.
  public static func / (scope: Scope, name: String) -> Scope {
    let path = scope.path.isEmpty ? name : "\(scope.path).\(name)"
    return scope.with(path: path, layer: path)
  }

  /// The scope of a layer beside this one whose name continues this one's, as Keras joins them.
  public func joined(_ suffix: String) -> Scope {
    with(path: path + suffix, layer: path + suffix)
  }

  /// The scope of the layer `name` in the layer around this one.
  public func beside(_ name: String) -> Scope {
    let around = path.lastIndex(of: ".").map { "\(path[..<$0])." } ?? ""
    return with(path: around + name, layer: around + name)
  }

  /// This scope for a layer whose parameters keep the paths that they have here.
  public func transparent(_ layer: String) -> Scope {
    with(path: path, layer: layer)
  }

  /// The scope of the layer at a position inside this one, as PyTorch numbers them.
  public static func / (scope: Scope, position: Int) -> Scope { scope / String(position) }

  /// Declares a parameter of the layer.
  public func parameter(
    _ name: String, _ shape: Shape, role: ParameterRole, initializer: Initializer
  ) -> Symbol {
    let path = ParameterPath((self / name).path)
    let isPossible = require(
      shape.isPossible, "'\(name)' can't have \(shape) elements; make the layer smaller")
    return builder.parameter(
      Parameter(
        path: path, type: TensorType(isPossible ? shape : [1]), role: role,
        initializer: initializer))
  }

  /// Offers a value for freezing, reading or explaining under a name of its own.
  ///
  /// - Parameter layer: The path of the layer that the name stands for, if it stands for one: its
  ///   parameters are then found under this name too.
  public func offer(_ symbol: Symbol, as name: String, of layer: String? = nil) {
    record.offer(symbol, as: name, of: layer)
  }

  /// What everything random about the samples of a batch follows from: (N, 2), Int32, an input of the
  /// graph named `seeds`.
  public func seeds(for batch: Symbol) -> Symbol { record.seeds(for: batch) }

  /// A number that tells one dropout of the model from the others.
  public func makeStream() -> Int { record.nextStream() }

  /// Keeps what is wrong with the layer, if it is the first thing wrong with the model.
  public func fail(_ message: String) { builder.fail(message) }

  /// Fails with `message` unless `condition` holds.
  ///
  /// - Returns: Whether it holds.
  public func require(_ condition: Bool, _ message: @autoclosure () -> String) -> Bool {
    if !condition { fail(message()) }
    return condition
  }

  /// The extents of an image batch, or `nil`, having failed, where `symbol` isn't one.
  public func image(_ symbol: Symbol) -> (size: Extent2D, channels: Int)? {
    guard symbol.shape.rank == 4 else {
      fail(
        "this layer takes images N×H×W×C, not \(symbol.shape); "
          + "place it before the layer that flattens or pools the image")
      return nil
    }
    return (symbol.type.imageSize, symbol.shape[3])
  }

  /// All names offered so far, in the order in which their values are computed.
  public var endpoints: [Endpoint] { record.endpoints() }

  /// Traces a layer of several inputs at the path of this scope, as calling a ``Layer`` does for one, and
  /// offers its result under that path.
  ///
  /// - Parameter kind: The stem of the layer's name, such as `attention`.
  public func layer(_ kind: String, _ trace: () -> Symbol) -> Symbol {
    recordingLayer(kind: kind, trace)
  }

  func recordingLayer(kind: String, _ trace: () -> Symbol) -> Symbol {
    record.layer(layer, kind: kind, trace)
  }
}
