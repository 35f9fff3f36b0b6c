/// Options that go by a validation loss, where there is none.
public struct MissingValidation: Error, CustomStringConvertible {
  public var description: String {
    "patience and keepsBest go by the loss on validation samples, but there are none; give some, or "
      + "leave both options out"
  }
}

/// Training that led to a loss that is no finite number.
public struct DivergedTraining: Error, CustomStringConvertible {
  /// Counted from 1, through all fits of a learner.
  public var epoch: Int
  /// Counted from 1 within the epoch; `nil` where all of its steps went well and the validation loss
  /// did not.
  public var step: Int?
  /// The learning rate of the last step.
  public var rate: Float
  /// The epoch whose values the model has again; `nil` for those before the first one of this fit.
  public var keptEpoch: Int?

  public var description: String {
    let place = step.map { "in step \($0) of epoch \(epoch)" } ?? "after epoch \(epoch)"
    let kept = keptEpoch.map { "as it was after epoch \($0)" } ?? "as it was before"
    return
      "the loss is no finite number \(place) at a learning rate of \(rate); the model is \(kept)"
  }
}
