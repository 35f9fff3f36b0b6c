// swift-tools-version:6.1
import PackageDescription

let package = Package(
  name: "Consumer",
  dependencies: [.package(name: "Graft", path: "../..")],
  targets: [
    .executableTarget(name: "Consumer", dependencies: [.product(name: "Graft", package: "Graft")]),
    .executableTarget(name: "Reviews", dependencies: [.product(name: "Graft", package: "Graft")]),
    .executableTarget(name: "Tutorials", dependencies: [.product(name: "Graft", package: "Graft")]),
    .executableTarget(
      name: "OwnParts", dependencies: [.product(name: "Graft", package: "Graft")]),
  ]
)
