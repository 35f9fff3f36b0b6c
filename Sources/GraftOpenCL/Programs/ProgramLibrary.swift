import Synchronization

/// The programs of one device: each built once, kept in memory and on disk.
final class ProgramLibrary: Sendable {
  private struct Request: Hashable {
    let file: String
    let options: String
  }

  private let context: OpenCLContext
  private let folder: ProgramFolder?
  private let programs = Mutex<[Request: OpenCLProgram]>([:])
  private let notify: @Sendable (String) -> Void
  /// The files whose failure was told.
  private let told = Mutex<Set<String>>([])

  /// - Parameters:
  ///   - folder: Where built programs stay; nil keeps them in memory only.
  ///   - notify: Told once of each file that the driver cannot build.
  init(
    context: OpenCLContext, folder: ProgramFolder?, notify: @escaping @Sendable (String) -> Void
  ) {
    self.context = context
    self.folder = folder
    self.notify = notify
  }

  /// The program of an embedded file, built with macros in addition to the common options.
  func program(
    _ file: String, macros: [String: String]
  ) throws(OpenCLError) -> OpenCLProgram {
    let options = options(macros: macros)
    let request = Request(file: file, options: options)
    let known = programs.withLock { $0[request] }
    if let known { return known }
    let program = try load(request)
    // Two threads may have built it at once; either result serves.
    return programs.withLock { programs in
      if let earlier = programs[request] { return earlier }
      programs[request] = program
      return program
    }
  }

  private func load(_ request: Request) throws(OpenCLError) -> OpenCLProgram {
    let text = try KernelText.assembled(from: request.file)
    let key = ProgramKey(text: text, options: request.options, device: context.device)
    if let binary = folder?.binary(for: key),
      let program = OpenCLProgram(binary: binary, options: request.options, in: context)
    {
      return program
    }
    let program = try build(text, request)
    if let folder, let binary = program.binary() { folder.store(binary, for: key) }
    return program
  }

  private func build(_ text: String, _ request: Request) throws(OpenCLError) -> OpenCLProgram {
    do {
      return try OpenCLProgram(
        text: text, file: request.file, options: request.options, in: context)
    } catch {
      // Whoever measures algorithms passes over those that fail: nobody else would tell.
      if let note = error.noteOfFailedBuild, told.withLock({ $0.insert(request.file).inserted }) {
        notify(note)
      }
      throw error
    }
  }

  // No fast-math: infinities and NaN must come through, and results must agree between devices.
  private func options(macros: [String: String]) -> String {
    var options = ["-cl-std=CL1.2"] + macros.sorted { $0.key < $1.key }.map { "-D\($0)=\($1)" }
    if context.device.kind == .cpu, context.device.fusesMultiplyAdd { options.append("-DFAST_FMA") }
    return options.joined(separator: " ")
  }
}
