import Foundation
import PackagePlugin

/// Writes every `.cl` and `.h` file of the target's folder into the binary as a Swift string.
@main
struct EmbedKernels: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
    guard let module = target as? SourceModuleTarget else { return [] }
    let folder = module.directoryURL.resolvingSymlinksInPath()
    // Headers are not among a Swift target's source files, so the folder itself is asked.
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    let kernels = (files?.compactMap { $0 as? URL } ?? [])
      .filter { ["cl", "h"].contains($0.pathExtension) }
      .sorted { $0.path < $1.path }
    let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedKernels.swift")
    return [
      .buildCommand(
        displayName: "Embedding \(kernels.count) OpenCL files",
        executable: try context.tool(named: "KernelEmbedder").url,
        arguments: [output.path, folder.path] + kernels.map(\.path),
        inputFiles: kernels, outputFiles: [output])
    ]
  }
}
