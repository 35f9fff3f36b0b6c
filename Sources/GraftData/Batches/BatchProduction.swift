import Foundation

/// Prepares the batches of one epoch on a few threads and hands them out in order.
///
/// Unchecked: everything that changes is touched under `condition` only.
final class BatchProduction: @unchecked Sendable {
  let loader: BatchLoader
  let epoch: Int

  private let pool: BatchPool
  private let plan: [PlannedBatch]
  /// One for each signature.
  private let layouts: [BatchLayout]
  private let memoryCount: Int
  private let condition = NSCondition()

  private var free: [BatchMemory]
  /// Batches that are being prepared or wait to be handed out, by their position.
  private var current: [Int: Progress] = [:]
  /// The next sample to be prepared: its batch and its place in it.
  private var next = (batch: 0, place: 0)
  /// Behind the last batch that is worth preparing: a failed one ends the epoch.
  private var batchLimit: Int
  /// The next batch to be handed out.
  private var nextDelivery = 0
  private var isCancelled = false
  private var waiters: [Waiter] = []

  typealias Waiter = CheckedContinuation<Batch?, any Error>

  /// A batch in preparation.
  private struct Progress {
    let memory: BatchMemory
    var missing: Int
    var failure: (place: Int, error: any Error)?

    /// Keeps the failure of the earliest sample, whichever thread comes first.
    mutating func note(_ error: any Error, of place: Int) {
      if let failure, failure.place < place { return }
      failure = (place, error)
    }
  }

  /// One sample for a worker to prepare.
  private struct Assignment {
    let batch: Int
    let place: Int
    let memory: BatchMemory
  }

  /// - Throws: `BatchLoaderError` where there is no memory for the ring.
  init(
    loader: BatchLoader, pool: BatchPool, epoch: Int, plan: [PlannedBatch], layouts: [BatchLayout]
  ) throws {
    self.loader = loader
    self.pool = pool
    self.epoch = epoch
    (self.plan, self.layouts) = (plan, layouts)
    batchLimit = plan.count
    memoryCount = loader.ringBatchCount
    free = try pool.takeMemories(memoryCount)
  }

  deinit {
    pool.giveBack(free)
  }

  func start() {
    for number in 0..<loader.options.threadCount {
      let thread = Thread { self.work() }
      thread.name = "graft.batches.\(number)"
      thread.start()
    }
  }

  func cancel() {
    condition.lock()
    isCancelled = true
    giveBackIfAllIsAssigned()
    let waiting = waiters
    waiters = []
    condition.broadcast()
    condition.unlock()
    for waiter in waiting { waiter.resume(throwing: CancellationError()) }
  }

  func takeBack(_ memory: BatchMemory) {
    condition.lock()
    free.append(memory)
    giveBackIfAllIsAssigned()
    condition.broadcast()
    condition.unlock()
  }

  /// Lets the next epoch have the memories that this one has no more use for. Doing so at the end of the
  /// epoch, not when its last thread is gone, makes two epochs one after the other share one ring.
  private func giveBackIfAllIsAssigned() {
    guard isCancelled || next.batch >= batchLimit else { return }
    pool.giveBack(free)
    free = []
  }
}

// MARK: - Preparing

extension BatchProduction {
  private func work() {
    let row = SampleRow(layouts[0], gate: loader.gate)
    var writer = pool.takeWriter()
    while let assignment = waitForAssignment() {
      var failure: (any Error)?
      do {
        let write = try writer ?? loader.reader.makeWriter()
        writer = write
        try prepare(assignment, row, write)
      } catch {
        failure = error
      }
      finish(assignment, failure)
    }
    if let writer { pool.giveBack(writer) }
  }

  private func waitForAssignment() -> Assignment? {
    condition.lock()
    defer { condition.unlock() }
    while true {
      guard !isCancelled, next.batch < batchLimit else { return nil }
      let (batch, place) = next
      let count = plan[batch].samples.count
      if current[batch] == nil, let memory = free.popLast() {
        current[batch] = Progress(memory: memory, missing: count)
      }
      if let memory = current[batch]?.memory {
        next = place + 1 < count ? (batch, place + 1) : (batch + 1, 0)
        giveBackIfAllIsAssigned()
        return Assignment(batch: batch, place: place, memory: memory)
      }
      condition.wait()
    }
  }

  private func prepare(
    _ assignment: Assignment, _ row: SampleRow, _ write: SampleReader.Writer
  ) throws {
    defer { withExtendedLifetime(assignment.memory) {} }
    let planned = plan[assignment.batch]
    let sample = planned.samples[assignment.place]
    row.move(to: assignment.place, of: assignment.memory, layouts[planned.signature])
    var random = SeededGenerator(
      seed: loader.options.seed, purpose: .augmentation, epoch: epoch,
      index: Int(truncatingIfNeeded: loader.reader.identity(sample)))
    do {
      try write(sample, row, &random)
      row.finish()
    } catch {
      row.finish(clearing: true)
      guard let failures = loader.options.failures else { throw error }
      failures.note(error, of: sample)
    }
  }

  private func finish(_ assignment: Assignment, _ failure: (any Error)?) {
    let batch = assignment.batch
    condition.lock()
    if let failure {
      current[batch]?.note(failure, of: assignment.place)
      batchLimit = min(batchLimit, batch + 1)
      giveBackIfAllIsAssigned()
    }
    current[batch]?.missing -= 1
    let deliveries = current[batch]?.missing == 0 ? takeDeliveries() : []
    condition.broadcast()
    condition.unlock()
    for (waiter, result) in deliveries { waiter.resume(with: result) }
  }
}

// MARK: - Handing out

extension BatchProduction {
  func waitForNext() throws -> Batch? {
    condition.lock()
    defer { condition.unlock() }
    while true {
      if let result = takeNext() { return try result.get() }
      condition.wait()
    }
  }

  func deliverNext(to waiter: Waiter) {
    condition.lock()
    let result = waiters.isEmpty ? takeNext() : nil
    if result == nil { waiters.append(waiter) }
    condition.broadcast()
    condition.unlock()
    if let result { waiter.resume(with: result) }
  }

  /// What those who wait are given now that a batch is complete.
  private func takeDeliveries() -> [(Waiter, Result<Batch?, any Error>)] {
    var deliveries: [(Waiter, Result<Batch?, any Error>)] = []
    while let waiter = waiters.first, let result = takeNext() {
      waiters.removeFirst()
      deliveries.append((waiter, result))
    }
    return deliveries
  }

  /// The next batch, the end, or an error; nil where it takes more time.
  private func takeNext() -> Result<Batch?, any Error>? {
    if isCancelled { return .failure(CancellationError()) }
    guard nextDelivery < plan.count else { return .success(nil) }
    guard let progress = current[nextDelivery] else {
      return free.isEmpty && current.isEmpty
        ? .failure(BatchLoaderError.allBatchesHeld(memoryCount)) : nil
    }
    guard progress.missing == 0 else { return nil }
    if let failure = progress.failure { return .failure(failure.error) }
    current[nextDelivery] = nil
    let planned = plan[nextDelivery]
    let batch = Batch(
      planned.samples, ids: planned.samples.map(loader.reader.identity),
      weights: planned.samples.map(loader.reader.weight), position: nextDelivery,
      layout: layouts[planned.signature], memory: progress.memory,
      takeBack: { self.takeBack($0) })
    nextDelivery += 1
    return .success(batch)
  }
}
