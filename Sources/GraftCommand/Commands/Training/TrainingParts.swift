import Graft

/// The samples of a training, and how much those of each class count.
struct TrainingParts<Part: ClassifiedDataset> {
  let training: Part
  /// `nil` where none are held out.
  let validation: Part?
  /// Empty for 1 each.
  let classWeights: [Float]

  var classes: [String] { training.classes }

  /// - Throws: Where the weights of classes that were asked for make no sense.
  init(training: Part, validation: Part?, _ options: DataOptions) throws {
    (self.training, self.validation) = (training, validation)
    classWeights = try options.classWeights(for: training)
  }

  /// What they are, in lines.
  ///
  /// - Parameter noun: What samples are called, such as "photos".
  func description(noun: String) -> [String] {
    var lines = [
      "\(training.count) \(noun) to train on, \(validation?.count ?? 0) to validate, "
        + "\(classes.count) classes: \(classes.joined(separator: ", "))"
    ]
    if !classWeights.isEmpty {
      let weights = zip(classes, classWeights).map { "\($0) \(Format.fixed(Double($1), 3))" }
      lines.append("Class weights: \(weights.joined(separator: ", "))")
    } else if let advice = advice(noun: noun) {
      lines.append(advice)
    }
    return lines
  }

  /// What to do about a class that is much rarer than another.
  private func advice(noun: String) -> String? {
    let counts = zip(classes, training.counts).filter { $0.1 > 0 }
    guard let rarest = counts.min(by: { $0.1 < $1.1 }),
      let commonest = counts.max(by: { $0.1 < $1.1 }), commonest.1 >= 10 * rarest.1
    else { return nil }
    return
      "Advice: there are \(rarest.1) \(noun) of \(rarest.0) and \(commonest.1) of \(commonest.0); "
      + "with --class-weights balanced, rare classes are learned too"
  }
}
