public import GraftGraph

/// Parameters whose learning rate is a multiple of the optimizer's, as PyTorch's parameter groups.
///
/// Each group has an input of the training step for its rate, so that factors may change at any step
/// without compiling anything again; only other groups need another graph.
public struct RateGroups: Hashable, Sendable {
  /// By what the rate of each group is multiplied; the first group's factor is 1.
  private(set) var factors: [Float] = [1]
  /// The groups of all parameters that are not in the first one.
  private var numbers: [ParameterPath: Int] = [:]

  /// Everything learns at the optimizer's rate.
  public static let uniform = RateGroups([])

  /// Groups with the factors of their rates; all other parameters learn at the rate itself.
  /// The last group counts where a parameter is in several.
  public init(_ groups: [(parameters: Set<ParameterPath>, factor: Float)]) {
    for (parameters, factor) in groups {
      for path in parameters {
        numbers[path] = factors.count
      }
      factors.append(factor)
    }
  }

  /// The group of a parameter, counted from 0.
  func number(of path: ParameterPath) -> Int { numbers[path] ?? 0 }

  /// What of the groups decides the graph in which `trainable` trains.
  func layout(of trainable: Set<ParameterPath>) -> RateGroups {
    var layout = self
    layout.factors = []
    layout.numbers = numbers.filter { trainable.contains($0.key) }
    return layout
  }
}
