public import Foundation
public import GraftGraph
public import GraftLayers
public import GraftModels
import GraftWeights

/// A text encoder with a head that says of each token whether an answer starts or ends there: `qa_outputs`,
/// a dense layer of two outputs, as `BertForQuestionAnswering` and its kin have it.
///
/// Outputs: `start` and `end`, scores (N, length).
public struct SpanReader: Network {
  public var encoder: TextEncoder
  private var head = SpanHead()

  /// A new head on an encoder.
  public init(_ encoder: TextEncoder) { self.encoder = encoder }

  /// The network of a file of Hugging Face's names, with its head where the file has one.
  ///
  /// - Throws: As ``TextEncoder/init(contentsOf:headCount:)`` does.
  public init(contentsOf url: URL, headCount: Int? = nil) throws {
    encoder = try TextEncoder(contentsOf: url, headCount: headCount)
    let file = try WeightFile(contentsOf: url)
    guard file.tensors.contains(where: { $0.name == "qa_outputs.weight" }) else { return }
    let parameters = SpanHead.parameters(channels: encoder.configuration.channels)
    head.weights = try WeightMap(layout: .torch, ignoring: [#"^(?!qa_outputs\.)"#])
      .assign(file, to: parameters)
  }

  public var inputs: Signature { encoder.inputs }

  public func trace(_ inputs: Tensors, in scope: Scope) -> Tensors {
    let encoded = encoder.trace(inputs, in: scope.transparent(encoder.name))
    let states = encoded["states", scope]
    guard scope.require(states.shape.rank == 3, "states are N×length×channels") else {
      return Tensors(SpanTensor.names.map { ($0, states) })
    }
    let scores = head.trace(states, in: scope)
    let (count, length) = (states.shape[0], states.shape[1])
    return Tensors(
      SpanTensor.names.enumerated().map { index, name in
        let part = scope.builder.apply(
          GraftGraph.Slice(starts: [0, 0, index], shape: [count, length, 1]), to: scores)
        return (name, part.reshaped(to: [count, length]))
      })
  }
}

/// What is written down is the encoder; the weights of both have files of their own.
extension SpanReader: Codable {
  private enum Key: String, CodingKey { case encoder }

  /// Reads the sizes of a network, whose parameters then have initial values.
  ///
  /// - Throws: `DecodingError`, also for sizes that no network has.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    self.init(try container.decode(TextEncoder.self, forKey: .encoder))
  }

  /// Writes the sizes down.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(self.encoder, forKey: .encoder)
  }
}

/// The dense layer that scores starts and ends.
private struct SpanHead: Pretrained {
  var name: String { "qa_outputs" }
  var weights: WeightAssignment?

  func trace(_ states: Symbol, in scope: Scope) -> Symbol {
    let dense = Dense(2, initializer: .normal(deviation: 0.02))
    guard weights != nil else { return dense(states, in: scope / name) }
    return scope.noting(self) { dense(states, in: scope / name) }
  }

  static func parameters(channels: Int) -> [Parameter] {
    let builder = GraphBuilder()
    let states = builder.input("states", TensorType([1, 1, channels]))
    _ = SpanHead().trace(states, in: Scope(builder))
    return builder.graph.parameters
  }
}
