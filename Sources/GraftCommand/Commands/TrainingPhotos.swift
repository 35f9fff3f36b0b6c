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

  init(_ options: Train) throws {
    let data = options.data
    if ImageFolder.isSplit(at: options.directory) {
      let split = try ImageFolder.split(at: options.directory)
      let (training, bad) = try split.training.checked(onBadImage: data.onBadImage)
      let (validation, worse) = try split.validation.checked(onBadImage: data.onBadImage)
      (self.training, self.validation, skipped) = (training, validation, bad + worse)
    } else {
      let (folder, skipped) = try ImageFolder(options.directory).checked(
        onBadImage: data.onBadImage)
      self.skipped = skipped
      if data.validation == 0 {
        (training, validation) = (folder, nil)
      } else {
        let split = try folder.split(
          validation: data.validation, stratified: true, seed: options.shared.seed)
        (training, validation) = (split.training, split.validation)
      }
    }
    classWeights = try data.classWeights(for: training)
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
