import GraftLayers

/// Few parameters through narrow layers (Iandola et al. 2016), by torchvision's names.
public struct SqueezeNet: BackboneArchitecture {
  /// A pooling or the channels of a fire module: squeezed, then of each of its two branches.
  public enum Part: Hashable, Sendable {
    case pool
    case fire(Int, Int)
  }

  /// The channels and the kernel of the first convolution.
  public var stem: (filters: Int, kernel: Int)
  public var parts: [Part]

  /// A network of a first convolution and these parts, in order.
  public init(stem: (filters: Int, kernel: Int), parts: [Part]) {
    (self.stem, self.parts) = (stem, parts)
  }

  public var stageNames: [String] {
    let beforePools = parts.indices.filter { parts[$0] == .pool }.map { $0 + 1 }
    return (beforePools + [parts.count + 1]).map { "features.\($0)" }
  }

  public func features(_ input: Symbol, in scope: Scope) -> Symbol {
    let first = Convolution2D(
      stem.filters, kernel: Extent2D(stem.kernel), strides: 2, initializer: .heNormal)
    let layers: [any Layer] = parts.map { part in
      switch part {
      case .pool: MaxPooling2D(3, strides: 2, roundsUp: true)
      case .fire(let squeezed, let expanded): Fire(squeezed: squeezed, expanded: expanded)
      }
    }
    return Sequential([first, ActivationLayer(.relu)] + layers)(input, in: scope / "features")
  }

  public func classifier(
    _ features: Symbol, _ options: ClassifierOptions, in scope: Scope
  ) -> Symbol {
    let classifier = Sequential {
      options.dropout(usually: 0.5)
      Convolution2D(options.classCount, kernel: 1)
      ActivationLayer(.relu)
      GlobalAveragePooling()
    }
    return classifier(features, in: scope / "classifier")
  }
}

/// A convolution of one pixel that narrows, then two of different size side by side.
private struct Fire: Layer {
  var squeezed: Int
  var expanded: Int

  func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    func convolution(_ filters: Int, _ kernel: Int, _ name: String, _ x: Symbol) -> Symbol {
      let layer = Convolution2D(
        filters, kernel: Extent2D(kernel), padding: .centered, initializer: .heNormal)
      let x = layer(x, in: scope / name)
      return ActivationLayer(.relu)(x, in: scope / "\(name)_activation")
    }
    let x = convolution(squeezed, 1, "squeeze", input)
    return .concatenated([
      convolution(expanded, 1, "expand1x1", x), convolution(expanded, 3, "expand3x3", x),
    ])
  }
}

extension Backbone {
  /// SqueezeNet 1.0; 1,248,424 parameters with its classifier.
  public static let squeezeNet10 = squeezeNet(
    "1.0", (96, 7),
    [
      .pool, .fire(16, 64), .fire(16, 64), .fire(32, 128), .pool, .fire(32, 128), .fire(48, 192),
      .fire(48, 192), .fire(64, 256), .pool, .fire(64, 256),
    ])
  /// SqueezeNet 1.1; 1,235,496 parameters with its classifier.
  public static let squeezeNet11 = squeezeNet(
    "1.1", (64, 3),
    [
      .pool, .fire(16, 64), .fire(16, 64), .pool, .fire(32, 128), .fire(32, 128), .pool,
      .fire(48, 192), .fire(48, 192), .fire(64, 256), .fire(64, 256),
    ])

  private static func squeezeNet(
    _ version: String, _ stem: (filters: Int, kernel: Int), _ parts: [SqueezeNet.Part]
  ) -> Backbone {
    Backbone(
      Recipe(
        name: "squeezenet\(version)", title: "SqueezeNet \(version)",
        classifier: ["classifier.1"]),
      Variant(.torchvision, SqueezeNet(stem: stem, parts: parts)))
  }
}
