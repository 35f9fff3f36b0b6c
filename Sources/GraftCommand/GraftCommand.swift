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
      """,
    subcommands: [
      Train.self, Evaluate.self, Predict.self, Features.self, Summary.self, Backbones.self,
      Classify.self, Export.self, Weights.self, Devices.self, Tune.self,
    ])
}
