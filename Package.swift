// swift-tools-version:6.1
import PackageDescription

let systemLibraries: [Target] = [
  .systemLibrary(
    name: "COpenCL", path: "Sources/COpenCL", pkgConfig: "OpenCL",
    providers: [.apt(["ocl-icd-opencl-dev", "opencl-headers"])]),
  .systemLibrary(
    name: "CCLBlast", path: "Sources/CCLBlast", pkgConfig: "clblast",
    providers: [.apt(["libclblast-dev"])]),
  .systemLibrary(
    name: "COpenBLAS", path: "Sources/COpenBLAS", pkgConfig: "openblas",
    providers: [.apt(["libopenblas-dev"])]),
  .systemLibrary(
    name: "CJPEG", path: "Sources/CJPEG", pkgConfig: "libjpeg",
    providers: [.apt(["libjpeg-dev"])]),
  .systemLibrary(
    name: "CPNG", path: "Sources/CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
  .systemLibrary(
    name: "CWebP", path: "Sources/CWebP", pkgConfig: "libwebpdemux",
    providers: [.apt(["libwebp-dev"])]),
  .systemLibrary(
    name: "CTIFF", path: "Sources/CTIFF", pkgConfig: "libtiff-4",
    providers: [.apt(["libtiff-dev"])]),
  .systemLibrary(name: "CGIF", path: "Sources/CGIF", providers: [.apt(["libgif-dev"])]),
  .systemLibrary(
    name: "CZlib", path: "Sources/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
]

let kernels: [Target] = [
  .executableTarget(name: "KernelEmbedder"),
  .plugin(name: "EmbedKernels", capability: .buildTool(), dependencies: ["KernelEmbedder"]),
  .target(name: "Kernels", path: "Kernels", plugins: ["EmbedKernels"]),
  .target(name: "GraftCPUKernels"),
]

let library: [Target] = [
  .target(name: "GraftRandom"),
  .target(name: "CFileExchange"),
  .target(name: "GraftGraph"),
  .target(name: "GraftRuntime", dependencies: ["GraftGraph", "GraftRandom"]),
  .target(name: "GraftCPU", dependencies: ["GraftRuntime", "GraftCPUKernels", "COpenBLAS"]),
  .target(
    name: "GraftOpenCL",
    dependencies: ["GraftRandom", "GraftRuntime", "Kernels", "COpenCL", "CCLBlast"]),
  .target(name: "GraftWeights", dependencies: ["GraftGraph", "CZlib"]),
  .target(
    name: "GraftImageCodecs", dependencies: ["CJPEG", "CPNG", "CWebP", "CTIFF", "CGIF"],
    // giflib has no file of pkg-config.
    linkerSettings: [.linkedLibrary("gif")]),
  .target(name: "GraftImageKernels"),
  .target(
    name: "GraftData",
    dependencies: [
      "GraftGraph", "GraftImageCodecs", "GraftImageKernels", "GraftRandom",
      .product(name: "SystemPackage", package: "swift-system"),
    ]),
  .target(name: "GraftLayers", dependencies: ["GraftGraph"]),
  .target(name: "GraftText"),
  .target(
    name: "GraftLanguage",
    dependencies: [
      "GraftData", "GraftGraph", "GraftLayers", "GraftModels", "GraftText", "GraftTraining",
      "GraftWeights", .product(name: "SwiftCSV", package: "SwiftCSV"),
    ]),
  .target(
    name: "GraftModels", dependencies: ["GraftLayers", "GraftWeights", "GraftRuntime", "GraftData"]),
  .target(
    name: "GraftStore",
    dependencies: [
      "GraftModels", "GraftRuntime", "GraftWeights",
      .product(name: "Crypto", package: "swift-crypto"),
    ]),
  .target(
    name: "GraftTraining",
    dependencies: ["GraftLayers", "GraftRuntime", "GraftData", "GraftRandom"]),
  .target(name: "GraftTasks", dependencies: ["GraftTraining"]),
  .target(
    name: "GraftExport", dependencies: ["GraftGraph", "GraftData", "GraftModels", "GraftWeights"]),
  .target(name: "GraftReport"),
  .target(
    name: "Graft",
    dependencies: [
      "GraftLanguage", "GraftTasks", "GraftText", "GraftTraining", "GraftModels", "GraftStore",
      "GraftExport", "GraftWeights",
      "GraftCPU",
      "GraftOpenCL", "GraftReport", "CFileExchange",
    ]),
  .executableTarget(
    name: "GraftCommand",
    dependencies: [
      "Graft", "GraftReport", .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ]),
]

let benchmarks: [Target] = [
  .executableTarget(
    name: "graft-parity",
    dependencies: [
      "ParityComparison", .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ],
    path: "Benchmarks/parity",
    exclude: [
      "generate.py", "generate_keras.py", "golden.py", "classify.py", "export_onnx.py",
      "export_keras.py",
    ]),
  .target(
    name: "ParityComparison", dependencies: ["Graft"], path: "Benchmarks/ParityComparison"),
  .executableTarget(
    name: "graft-language-parity",
    dependencies: [
      "LanguageComparison", .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ],
    path: "Benchmarks/language", exclude: ["compare_onnx.py"]),
  .target(
    name: "LanguageComparison", dependencies: ["GraftLanguage", "GraftRuntime", "Graft"],
    path: "Benchmarks/LanguageComparison"),
  .target(name: "CMachineSpeed", path: "Benchmarks/CMachineSpeed"),
  .executableTarget(
    name: "GraftBench",
    dependencies: [
      "Graft", "GraftRandom", "CMachineSpeed",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ],
    path: "Benchmarks/GraftBench"),
]

let package = Package(
  name: "Graft",
  products: [
    .library(name: "Graft", targets: ["Graft"]),
    .executable(name: "graft", targets: ["GraftCommand"]),
    .executable(name: "graft-bench", targets: ["GraftBench"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.4.0"),
    .package(url: "https://github.com/swiftcsv/SwiftCSV", from: "0.10.0"),
    // Of the fourth version, some need a newer Swift than this package does.
    .package(url: "https://github.com/apple/swift-crypto", "3.12.0"..<"5.0.0"),
  ],
  targets: systemLibraries + kernels + library + benchmarks + [
    .testTarget(name: "GraftWeightsTests", dependencies: ["GraftGraph", "GraftWeights"]),
    .testTarget(name: "GraftModelsTests", dependencies: ["GraftModels", "GraftWeights"]),
    .testTarget(
      name: "GraftExportTests", dependencies: ["GraftData", "GraftExport", "GraftModels"]),
    .testTarget(
      name: "GraftStoreTests",
      dependencies: ["CommandRunner", "GraftModels", "GraftRuntime", "GraftStore"]),
    .testTarget(name: "GraftDataTests", dependencies: ["GraftData", "GraftGraph"]),
    .testTarget(name: "GraftTextTests", dependencies: ["GraftText"]),
    .testTarget(name: "GraftLanguageTests", dependencies: ["Graft", "LanguageComparison"]),
    .testTarget(name: "GraftGraphTests", dependencies: ["GraftGraph"]),
    .testTarget(
      name: "GraftRuntimeTests", dependencies: ["GraftGraph", "GraftRandom", "GraftRuntime"]),
    .testTarget(
      name: "ConformanceTests",
      dependencies: ["GraftGraph", "GraftRuntime", "GraftCPU", "GraftOpenCL"]),
    .testTarget(
      name: "GraftTrainingTests", dependencies: ["CFileExchange", "Graft", "GraftRandom"]),
    .testTarget(name: "BackboneTests", dependencies: ["Graft", "ParityComparison"]),
    .testTarget(name: "GraftReportTests", dependencies: ["GraftReport"]),
    .target(name: "CommandRunner", path: "Tests/CommandRunner"),
    .testTarget(name: "GraftCommandTests", dependencies: ["CommandRunner"]),
  ]
)
