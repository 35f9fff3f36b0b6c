import Graft

/// The photos of a training, and how much those of each class count.
struct TrainingPhotos {
  let training: ImageFolder
  /// `nil` where none are held out.
  let validation: ImageFolder?
  /// Why others were left out.
  let skipped: [ImageError]
  /// Empty for 1 each.
  let classWeights: [Float]

  var classes: [String] { training.classes }

  /// The listed photos that can be prepared.
  init(
    _ listed: ListedPhotos, _ options: Train, preparedBy preprocessing: Preprocessing
  ) throws {
    (training, validation, skipped) = try listed.checked(options, preparedBy: preprocessing)
    classWeights = try options.data.classWeights(for: training)
  }

  /// What they are, in lines.
  var description: [String] {
    var lines = [
      "\(training.count) photos to train on, \(validation?.count ?? 0) to validate, "
        + "\(classes.count) classes: \(classes.joined(separator: ", "))"
    ]
    if !classWeights.isEmpty {
      let weights = zip(classes, classWeights).map { "\($0) \(Format.fixed(Double($1), 3))" }
      lines.append("Class weights: \(weights.joined(separator: ", "))")
    } else if let advice {
      lines.append(advice)
    }
    return lines
  }

  /// What to do about a class that is much rarer than another.
  private var advice: String? {
    let counts = zip(classes, training.counts).filter { $0.1 > 0 }
    guard let rarest = counts.min(by: { $0.1 < $1.1 }),
      let commonest = counts.max(by: { $0.1 < $1.1 }), commonest.1 >= 10 * rarest.1
    else { return nil }
    return
      "Advice: there are \(rarest.1) photos of \(rarest.0) and \(commonest.1) of \(commonest.0); "
      + "with --class-weights balanced, rare classes are learned too"
  }
}
