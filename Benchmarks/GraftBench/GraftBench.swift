import ArgumentParser

@main
struct GraftBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graft-bench",
    abstract: "Measures Graft: steps, operations, memory, data and start-up.",
    discussion: "Build it with -c release; a debug build measures nothing.",
    subcommands: [
      StepCommand.self, OperationsCommand.self, ShapesCommand.self, MemoryCommand.self,
      DataCommand.self, StartupCommand.self,
    ])
}
