import GraftData
import GraftGraph
import GraftModels
import GraftTasks
import GraftTraining

/// What is made sure of before anything is compiled.
extension Learner {
  /// Makes sure that the model fits the task.
  ///
  /// - Throws: What the task says; ``LearnerError/features(model:part:)`` where it reads scores of a part
  ///   that gives none.
  func checkTask() throws {
    let outline = try model.outline()
    if task is any ScoringTask, let part = outline.bareFeatures {
      throw LearnerError.features(model: model.name, part: part)
    }
    try task.check(outline.outputs)
  }

  /// Makes sure that the model fits the task, and what a source brings the model's output.
  func checkTargets(of source: any BatchSource) throws {
    try checkTask()
    for signature in source.signatures {
      let own = task.signatures.first { $0.only(.sample) == signature.only(.sample) }
      let wanted = (own ?? task.signatures.first)?.only(.target) ?? []
      for target in wanted.tensors where signature[target.name]?.type != target.type {
        throw LearnerError.targetWidth(
          model: model.name, outputs: target.type.shape.count,
          found: signature[target.name]?.type.shape.count ?? 0)
      }
    }
  }
}
