// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "wasm-example",
  targets: [
    .target(name: "Logic", swiftSettings: strict),
    .executableTarget(
      name: "wasm-example",
      dependencies: ["Logic"],
      swiftSettings: strict
    ),
    .testTarget(name: "LogicTests", dependencies: ["Logic"], swiftSettings: strict),
  ]
)
