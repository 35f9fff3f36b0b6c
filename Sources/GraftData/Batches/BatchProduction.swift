import Foundation

/// Prepares the batches of one epoch on a few threads and hands them out in order.
///
/// Unchecked: everything that changes is touched under `condition` only.
final class BatchProduction: @unchecked Sendable {
  let loader: BatchLoader
  let epoch: Int

  private let pool: BatchPool
  private let indices: [Int]
  private let memoryCount: Int
  private let condition = NSCondition()

  private var free: [BatchMemory]
  /// Batches that are being prepared or wait to be handed out, by their position.
  private var current: [Int: Progress] = [:]
  /// The next sample to be prepared.
  private var nextSample = 0
  /// Behind the last sample that is worth preparing: a failed batch ends the epoch.
  private var sampleLimit: Int
  /// The next batch to be handed out.
  private var nextDelivery = 0
  private var isCancelled = false
  private var waiters: [Waiter] = []

  typealias Waiter = CheckedContinuation<Batch?, any Error>

  /// A batch in preparation.
  private struct Progress {
    let memory: BatchMemory
    var missing: Int
    var failure: (sample: Int, error: any Error)?

    /// Keeps the failure of the earliest sample, whichever thread comes first.
    mutating func note(_ error: any Error, of sample: Int) {
      if let failure, failure.sample < sample { return }
      failure = (sample, error)
    }
  }

  /// One sample for a worker to prepare.
  private struct Assignment {
    let sample: Int
    let memory: BatchMemory
  }

  /// - Throws: `BatchLoaderError` where there is no memory for the ring.
  init(loader: BatchLoader, pool: BatchPool, epoch: Int, indices: [Int]) throws {
    self.loader = loader
    self.pool = pool
    self.epoch = epoch
    self.indices = indices
    sampleLimit = indices.count
    memoryCount = loader.ringBatchCount
    free = try pool.takeMemories(memoryCount)
  }

  deinit {
    pool.giveBack(free)
  }

  func start() {
    for number in 0..<min(loader.options.threadCount, max(indices.count, 1)) {
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
    guard isCancelled || nextSample >= sampleLimit else { return }
    pool.giveBack(free)
    free = []
  }
}

// MARK: - Preparing

extension BatchProduction {
  private func work() {
    let preparer = pool.takePreparer() ?? loader.makePreparer()
    while let assignment = waitForAssignment() {
      var failure: (any Error)?
      do {
        try prepare(assignment, using: preparer)
      } catch {
        failure = error
      }
      finish(assignment, failure)
    }
    pool.giveBack(preparer)
  }

  private func waitForAssignment() -> Assignment? {
    condition.lock()
    defer { condition.unlock() }
    while true {
      guard !isCancelled, nextSample < sampleLimit else { return nil }
      let batch = nextSample / loader.options.batchSize
      if current[batch] == nil, let memory = free.popLast() {
        current[batch] = Progress(memory: memory, missing: sampleCount(of: batch))
      }
      if let memory = current[batch]?.memory {
        nextSample += 1
        giveBackIfAllIsAssigned()
        return Assignment(sample: nextSample - 1, memory: memory)
      }
      condition.wait()
    }
  }

  private func sampleCount(of batch: Int) -> Int {
    min(loader.options.batchSize, indices.count - batch * loader.options.batchSize)
  }

  private func prepare(_ assignment: Assignment, using preparer: ImagePreparer) throws {
    defer { withExtendedLifetime(assignment.memory) {} }
    let batchSize = loader.options.batchSize
    let valueCount = pool.valueCount / batchSize
    let place = assignment.sample % batchSize
    let values = assignment.memory.values
    if assignment.sample == indices.count - 1 {
      values[((place + 1) * valueCount)...].update(repeating: 0)
    }
    let index = indices[assignment.sample]
    preparer.random = SeededGenerator(
      seed: loader.options.seed, purpose: .augmentation, epoch: epoch,
      index: Int(truncatingIfNeeded: loader.dataset.identity(at: index)))
    try loader.dataset.fill(
      UnsafeMutableBufferPointer(
        rebasing: values[(place * valueCount)..<((place + 1) * valueCount)]),
      at: index, using: preparer)
  }

  private func finish(_ assignment: Assignment, _ failure: (any Error)?) {
    let batch = assignment.sample / loader.options.batchSize
    condition.lock()
    if let failure {
      current[batch]?.note(failure, of: assignment.sample)
      sampleLimit = min(sampleLimit, batch * loader.options.batchSize + sampleCount(of: batch))
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
    let batchSize = loader.options.batchSize
    guard nextDelivery * batchSize < indices.count else { return .success(nil) }
    guard let progress = current[nextDelivery] else {
      return free.isEmpty && current.isEmpty
        ? .failure(BatchLoaderError.allBatchesHeld(memoryCount)) : nil
    }
    guard progress.missing == 0 else { return nil }
    if let failure = progress.failure { return .failure(failure.error) }
    current[nextDelivery] = nil
    let start = nextDelivery * batchSize
    let samples = Array(indices[start..<start + sampleCount(of: nextDelivery)])
    let batch = Batch(
      position: nextDelivery, indices: samples,
      labels: samples.map { Int32(loader.dataset.label(at: $0)) }, memory: progress.memory,
      production: self)
    nextDelivery += 1
    return .success(batch)
  }
}
