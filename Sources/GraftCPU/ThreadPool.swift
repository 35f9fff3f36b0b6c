import Foundation
import GraftCPUKernels
import Synchronization

/// A fixed set of threads that run the tasks of one step at a time.
///
/// Waiting threads spin for some tens of microseconds, about as long as the gap between two steps or
/// the wait for another thread's last task, and then sleep. Which thread runs a task is left to chance, so tasks must not depend on it.
// Threads meet only through the atomics and the mutex below; `body` and `taskCount` are written
// before, and read after, the claim word that publishes them.
final class ThreadPool: @unchecked Sendable {
  /// What one task does: its number, and that of the worker that runs it.
  typealias Body = (_ task: Int, _ worker: Int) -> Void

  /// How many tasks run at once, the calling thread's included.
  let workerCount: Int

  private static let spinCount = 4000
  private static let indexBits: UInt64 = 32
  /// The number of the job and, in the low half, how many of its tasks are unclaimed.
  private let claims = Atomic<UInt64>(0)
  private let finishedCount = Atomic<Int>(0)
  private var taskCount = 0
  private var body: UnsafePointer<Body>?
  private let isStopping = Atomic<Bool>(false)
  private var threads: [pthread_t] = []
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let done = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  /// Starts the threads.
  ///
  /// Fewer run than asked for where the system refuses to start more.
  init(workerCount: Int) {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wake, nil)
    pthread_cond_init(done, nil)
    self.workerCount = max(1, workerCount)
    for worker in stride(from: 1, to: workerCount, by: 1) { start(worker) }
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(wake)
    pthread_cond_destroy(done)
    mutex.deallocate()
    wake.deallocate()
    done.deallocate()
  }

  /// Ends the threads; the pool can't be used any more.
  func stop() {
    isStopping.store(true, ordering: .releasing)
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(wake)
    pthread_mutex_unlock(mutex)
    for thread in threads { pthread_join(thread, nil) }
    threads = []
  }

  /// Runs `body` for each task in `0..<taskCount` and returns when all are done.
  ///
  /// Only one thread at a time may call this.
  func parallel(_ taskCount: Int, _ body: Body) {
    guard taskCount > 1, !threads.isEmpty else {
      for task in 0..<taskCount { body(task, 0) }
      return
    }
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { pointer in
        self.body = pointer
        self.taskCount = taskCount
        finishedCount.store(0, ordering: .relaxed)
        let job = (claims.load(ordering: .relaxed) >> Self.indexBits) &+ 1
        pthread_mutex_lock(mutex)
        claims.store(job << Self.indexBits | UInt64(taskCount), ordering: .sequentiallyConsistent)
        pthread_cond_broadcast(wake)
        pthread_mutex_unlock(mutex)
        runTasks(worker: 0)
        waitUntilFinished(taskCount)
      }
    }
  }

  /// Claims and runs tasks of the present job until none is left.
  private func runTasks(worker: Int) {
    var word = claims.load(ordering: .acquiring)
    while UInt32(truncatingIfNeeded: word) > 0 {
      let (claimed, seen) = claims.weakCompareExchange(
        expected: word, desired: word - 1, ordering: .acquiringAndReleasing)
      guard claimed, let body else {
        word = seen
        continue
      }
      // The claim keeps the job alive: its caller waits for this task.
      let count = taskCount
      body.pointee(count - Int(UInt32(truncatingIfNeeded: word)), worker)
      if finishedCount.add(1, ordering: .acquiringAndReleasing).newValue == count {
        pthread_mutex_lock(mutex)
        pthread_cond_signal(done)
        pthread_mutex_unlock(mutex)
      }
      word = claims.load(ordering: .acquiring)
    }
  }

  private func waitUntilFinished(_ count: Int) {
    for _ in 0..<Self.spinCount {
      if finishedCount.load(ordering: .acquiring) == count { return }
      graft_spin()
    }
    pthread_mutex_lock(mutex)
    while finishedCount.load(ordering: .acquiring) < count { pthread_cond_wait(done, mutex) }
    pthread_mutex_unlock(mutex)
  }

  /// What each thread does until the pool stops.
  private func serve(worker: Int) {
    while waitForTasks() { runTasks(worker: worker) }
  }

  /// Returns whether there are tasks, rather than an end.
  private func waitForTasks() -> Bool {
    func hasTasks() -> Bool { UInt32(truncatingIfNeeded: claims.load(ordering: .acquiring)) > 0 }
    func hasNews() -> Bool { hasTasks() || isStopping.load(ordering: .acquiring) }
    for _ in 0..<Self.spinCount {
      if hasNews() { break }
      graft_spin()
    }
    if !hasNews() {
      pthread_mutex_lock(mutex)
      while !hasNews() { pthread_cond_wait(wake, mutex) }
      pthread_mutex_unlock(mutex)
    }
    return !isStopping.load(ordering: .acquiring)
  }

  /// A thread and what it is to serve.
  private final class Seat {
    let pool: ThreadPool
    let worker: Int

    init(pool: ThreadPool, worker: Int) { (self.pool, self.worker) = (pool, worker) }
  }

  private func start(_ worker: Int) {
    let seat = Unmanaged.passRetained(Seat(pool: self, worker: worker))
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        let seat = Unmanaged<Seat>.fromOpaque(context).takeRetainedValue()
        seat.pool.serve(worker: seat.worker)
        return nil
      }, seat.toOpaque())
    if status == 0 { threads.append(thread) } else { seat.release() }
  }
}
