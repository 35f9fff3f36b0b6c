import Foundation
import GraftGraph

/// The one table of cases: what every device must get right.
enum CaseTable {
  /// Every case; each candidate of each device must agree with the reference on it.
  static let all: [OperationCase] = selected(families.flatMap(\.self))

  /// The cases whose gradients are checked too.
  static let differentiated: [OperationCase] = selected(
    (families + differentiatedFamilies).flatMap(\.self)
      .filter { !$0.differentiatedOperands.isEmpty })

  /// The first case of each operation that a device must run, by the operation's name.
  static let firstByOperation: [String: OperationCase] = Dictionary(
    families.flatMap(\.self).map { ($0.operation.name, $0) },
    uniquingKeysWith: { first, _ in first }
  )

  private static let families: [[OperationCase]] = [
    OperationCase.activations, OperationCase.combinations, OperationCase.sums,
    OperationCase.expansions, OperationCase.scalings, OperationCase.rearrangements,
    OperationCase.dropouts, OperationCase.softmaxes, OperationCase.losses,
    OperationCase.lossGradients, OperationCase.optimizerUpdates, OperationCase.normalizations,
    OperationCase.trainingNormalizations, OperationCase.layerNormalizations,
    OperationCase.poolings, OperationCase.poolingGradients,
    OperationCase.globalPoolings, OperationCase.globalPoolingGradients,
    OperationCase.matrixProducts, OperationCase.convolutions, OperationCase.convolutionGradients,
    OperationCase.embeddings, OperationCase.maskedMeans, OperationCase.attentions,
  ]

  private static let differentiatedFamilies: [[OperationCase]] = [
    OperationCase.differentiatedCombinations, OperationCase.reshapings,
    OperationCase.differentiatedLosses, OperationCase.differentiatedNormalizations,
    OperationCase.differentiatedLayerNormalizations,
    OperationCase.differentiatedPoolings, OperationCase.differentiatedGlobalPoolings,
    OperationCase.differentiatedMatrixProducts, OperationCase.differentiatedConvolutions,
  ]

  /// Those whose description contains the text in `GRAFT_TEST_CASES` and whose ``OperationCase/work``
  /// is no more than the number in `GRAFT_TEST_WORK`, where these are set; else all.
  private static func selected(_ cases: [OperationCase]) -> [OperationCase] {
    let environment = ProcessInfo.processInfo.environment
    let most = environment["GRAFT_TEST_WORK"].flatMap { Int($0) } ?? .max
    let text = environment["GRAFT_TEST_CASES"]
    return cases.filter { test in
      test.work <= most && text.map { test.testDescription.contains($0) } ?? true
    }
  }
}
