/// The samples of the next step, read and sent to the device while a step runs there.
///
/// A copy stays here: what was sent is lost where graphs are compiled anew between two steps.
final class BatchAhead {
  /// What was read ahead.
  private enum Next {
    case unread, none
    case read(wasSent: Bool)
    case failed(any Error)
  }

  private let batches: any SampleBatches
  /// The samples of the step under way, and those of the next.
  private var current: [Float] = []
  private var samples: [Float] = []
  private var next = Next.unread

  init(_ batches: any SampleBatches) { self.batches = batches }

  /// Passes the samples of one step and whether they were sent, after reading them unless that was
  /// done ahead.
  ///
  /// - Returns: What `body` makes of them; `nil` after the last batch.
  /// - Throws: What reading or sending them threw; what `body` throws.
  func withNext<Result>(
    _ body: (UnsafeBufferPointer<Float>, _ wasSent: Bool) throws -> Result
  ) throws -> Result? {
    if case .unread = next { next = try read() ? .read(wasSent: false) : .none }
    let taken = next
    next = .unread
    switch taken {
    case .unread, .none: return nil
    case .failed(let error): throw error
    case .read(let wasSent):
      swap(&current, &samples)
      return try current.withUnsafeBufferPointer { try body($0, wasSent) }
    }
  }

  /// Reads the samples of the next step and passes them to `send`, which says whether it sent them.
  ///
  /// Errors wait for the next step: the one under way has nothing to do with them.
  func readAhead(_ send: (UnsafeBufferPointer<Float>) throws -> Bool) {
    do {
      next = try read() ? .read(wasSent: samples.withUnsafeBufferPointer(send)) : .none
    } catch {
      next = .failed(error)
    }
  }

  private func read() throws -> Bool {
    try batches.withNext { (values) -> Bool in
      samples.removeAll(keepingCapacity: true)
      samples.append(contentsOf: values)
      return true
    } != nil
  }
}
