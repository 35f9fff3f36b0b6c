import Foundation
import PackagePlugin

/// Writes every `.cl` and `.h` file of the target's folder into the binary as a Swift string.
@main
struct EmbedKernels: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
    guard let module = target as? SourceModuleTarget else { return [] }
    let kernels = module.sourceFiles.map(\.url)
      .filter { ["cl", "h"].contains($0.pathExtension) }
      .sorted { $0.path < $1.path }
    let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedKernels.swift")
    return [
      .buildCommand(
        displayName: "Embedding \(kernels.count) OpenCL files",
        executable: try context.tool(named: "KernelEmbedder").url,
        arguments: [output.path, module.directoryURL.path] + kernels.map(\.path),
        inputFiles: kernels, outputFiles: [output])
    ]
  }
}
