import Foundation
import GraftGraph
import Testing

/// Operations as the source declares them: none can be added without cases.
enum DeclaredOperations {
  /// The names of all types that GraftGraph declares as operations with work for a device.
  static let names: [String] = {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/GraftGraph/Operations")
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    let sources = (files?.compactMap { $0 as? URL } ?? []).compactMap {
      try? String(contentsOf: $0, encoding: .utf8)
    }
    return sources.flatMap { $0.matches(of: /struct (\w+): Operation\b/).map { String($0.1) } }
      .sorted()
  }()
}

@Suite struct OperationCoverage {
  @Test func theSourceIsFound() { #expect(DeclaredOperations.names.contains("Convolution")) }

  @Test(arguments: DeclaredOperations.names)
  func everyOperationHasCases(_ name: String) {
    #expect(CaseTable.firstByOperation[name] != nil, "\(name) is in no case file")
  }
}

/// The rules themselves, without any device: they must be the derivatives of the definitions.
@Suite struct GradientRules {
  @Test(arguments: CaseTable.differentiated)
  func ruleIsTheDerivative(_ test: OperationCase) throws {
    for finding in try DifferenceCheck(test).findings() { Issue.record("\(finding)") }
  }
}
