import ArgumentParser

@main
struct GraftCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graft",
    abstract: "Transfer learning: put a new head on a pretrained network and train it.",
    discussion: """
      A folder of photos with one folder per class is all it takes:

        graft train flowers --backbone efficientnet-lite0 --weights imagenet --output flowers.graft
        graft predict flowers.graft photo.jpg

      Exit status: 0 for success; 64 for arguments that make no sense; 65 where some pictures could \
      not be read and the others were answered for; 128 and the signal's number after a signal that \
      ended training early, with everything saved; 1 for all else.
      """,
    subcommands: [
      Train.self, Evaluate.self, Predict.self, Features.self, Summary.self, Backbones.self,
      Classify.self, Export.self, Weights.self, Devices.self, Tune.self,
    ])

  /// Runs the command that the arguments name, and prints what went wrong where nothing in it can
  /// steer a terminal.
  static func main() async {
    do {
      let arguments = PackedArguments.packed(RawArguments.all)
      var command = try parseAsRoot(arguments)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      try Terminal.checkOutput()
    } catch {
      var error = error
      if error is ExitCode { do { try Terminal.checkOutput() } catch let lost { error = lost } }
      let message = fullMessage(for: error)
      let code = exitCode(for: error)
      if !message.isEmpty {
        code.isSuccess ? Terminal.explain(message) : Terminal.complain(message)
      }
      exit(withError: code)
    }
  }
}
