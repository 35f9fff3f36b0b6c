import Foundation
import GraftCPU
import GraftOpenCL
import GraftRuntime
import Testing

/// The devices that the suite runs on: the processor, every OpenCL device, and OpenCL devices that are
/// CPUs once more as if they were GPUs, by the kernels that only GPUs are offered.
///
/// `GRAFT_TEST_DEVICES` narrows them to a list of labels or beginnings of labels: `cpu`, `opencl`,
/// `opencl:1`, `opencl:0:gpu`. Only there `opencl:0:cpu` may stand too, a GPU run as if it were a CPU.
/// `GRAFT_TEST_CLBLAST=no` leaves out CLBlast, whose own kernels are not ours to check.
enum Devices {
  /// The processor, if it is not left out.
  static let cpu: [DeviceUnderTest] =
    isWanted("cpu") ? [DeviceUnderTest(label: "cpu", device: CPUDevice())] : []

  /// The processor with fewer and with more threads than it has cores.
  static let otherThreadCounts: [DeviceUnderTest] = [1, 3, 7].map {
    DeviceUnderTest(label: "cpu with \($0) threads", device: CPUDevice(threadCount: $0))
  }

  /// The devices of all OpenCL drivers, and a reason where there are none.
  static let openCL = openCLDevices { label, description in
    guard isWanted(label) else { return nil }
    let device = try OpenCLDevice(
      description, offersCLBlast: environment["GRAFT_TEST_CLBLAST"] != "no")
    return DeviceUnderTest(label: label, device: device)
  }

  /// Devices of OpenCL drivers treated as the other kind.
  static let openCLAsOtherKind = openCLDevices { label, description in
    let kind: DeviceTraits.Kind = description.kind == .cpu ? .gpu : .cpu
    let label = "\(label):\(kind.rawValue)"
    guard kind == .gpu ? isWanted(label) : wantedLabels?.contains(label) == true else { return nil }
    let device = try OpenCLDevice(description, treatedAs: kind, offersCLBlast: false)
    return DeviceUnderTest(label: label, device: device)
  }

  private static func openCLDevices(
    _ open: (String, OpenCLDeviceDescription) throws -> DeviceUnderTest?
  ) -> (devices: [DeviceUnderTest], absence: Comment?) {
    do {
      let descriptions = try OpenCLDevice.all()
      let devices = try descriptions.enumerated().compactMap { try open("opencl:\($0)", $1) }
      return (devices, devices.isEmpty ? "GRAFT_TEST_DEVICES leaves out all such devices" : nil)
    } catch { return ([], "no OpenCL device: \(error)") }
  }

  private static let environment = ProcessInfo.processInfo.environment

  private static let wantedLabels = environment["GRAFT_TEST_DEVICES"]
    .map { $0.split(separator: ",").map(String.init) }

  private static func isWanted(_ label: String) -> Bool {
    guard let wantedLabels else { return true }
    return wantedLabels.contains { label == $0 || label.hasPrefix("\($0):") }
  }
}
