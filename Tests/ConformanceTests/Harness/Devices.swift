import Foundation
import GraftCPU
import GraftOpenCL
import Testing

/// The devices that the suite runs on.
///
/// `GRAFT_TEST_DEVICES` narrows them to a list of labels, such as `cpu,opencl:1`; `opencl` stands
/// for all OpenCL devices.
enum Devices {
  /// The processor, if it is not left out.
  static let cpu: [DeviceUnderTest] =
    isWanted("cpu") ? [DeviceUnderTest(label: "cpu", device: CPUDevice())] : []

  /// The processor with fewer and with more threads than it has cores.
  static let otherThreadCounts: [DeviceUnderTest] = [1, 3, 7].map {
    DeviceUnderTest(label: "cpu with \($0) threads", device: CPUDevice(threadCount: $0))
  }

  /// The devices of all OpenCL drivers, and a reason where there are none.
  static let openCL: (devices: [DeviceUnderTest], absence: Comment?) = {
    do {
      let descriptions = try OpenCLDevice.all()
      let devices = try descriptions.enumerated().compactMap { index, description in
        let label = "opencl:\(index)"
        return isWanted(label)
          ? DeviceUnderTest(
            label: label, device: try OpenCLDevice(description, offersCLBlast: true)) : nil
      }
      let reason: Comment? =
        devices.isEmpty ? "GRAFT_TEST_DEVICES leaves out all OpenCL devices" : nil
      return (devices, reason)
    } catch { return ([], "no OpenCL device: \(error)") }
  }()

  private static func isWanted(_ label: String) -> Bool {
    guard let list = ProcessInfo.processInfo.environment["GRAFT_TEST_DEVICES"] else { return true }
    return list.split(separator: ",").contains { label == $0 || label.hasPrefix("\($0):") }
  }
}
