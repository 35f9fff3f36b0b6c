public import Foundation

extension Device {
  /// A session on this device over the given parameters.
  ///
  /// - Parameter tuningFolder: Where choices among algorithms are kept, if the device makes any.
  public func makeSession(
    parameters: ParameterStore, tuningFolder: URL = CacheFolder.named("tuning")
  ) -> any Session {
    guard let tuningVersion else { return DeviceSession(device: self, parameters: parameters) }
    let file = TuningFile(in: tuningFolder, device: identity, kernels: tuningVersion)
    return DeviceSession(
      device: self, parameters: parameters,
      tuner: Tuner(device: self, file: file))
  }
}
