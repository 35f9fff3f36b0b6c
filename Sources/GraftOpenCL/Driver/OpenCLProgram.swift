import COpenCL

/// A built program.
// OpenCL allows programs to be used from any thread.
final class OpenCLProgram: @unchecked Sendable {
  let handle: cl_program
  private let context: OpenCLContext

  /// Builds a program from text.
  ///
  /// - Parameter file: The name of the file, for the error message.
  /// - Throws: `OpenCLError.build` with the compiler's log.
  init(
    text: String, file: String, options: String, in context: OpenCLContext
  ) throws(OpenCLError) {
    self.context = context
    handle = try create("clCreateProgramWithSource") { status in
      text.withCString { text in
        var text: UnsafePointer<CChar>? = text
        return clCreateProgramWithSource(context.handle, 1, &text, nil, status)
      }
    }
    if build(options: options) != CL_SUCCESS {
      // `deinit` runs here too: all stored properties are set.
      throw .build(
        file: file, options: options, device: context.device.name, log: buildLog())
    }
  }

  /// Loads a program that the same driver built before; nil where the driver refuses it.
  init?(binary: [UInt8], options: String, in context: OpenCLContext) {
    let handle = binary.withUnsafeBufferPointer { bytes -> cl_program? in
      var identifier: cl_device_id? = context.device.identifier
      var byteCount = bytes.count
      var start = bytes.baseAddress
      var binaryStatus = CL_SUCCESS
      var status = CL_SUCCESS
      let handle = clCreateProgramWithBinary(
        context.handle, 1, &identifier, &byteCount, &start, &binaryStatus, &status)
      if status == CL_SUCCESS, binaryStatus == CL_SUCCESS { return handle }
      if let handle { clReleaseProgram(handle) }
      return nil
    }
    guard let handle else { return nil }
    self.handle = handle
    self.context = context
    if build(options: options) != CL_SUCCESS { return nil }
  }

  deinit { clReleaseProgram(handle) }

  private func build(options: String) -> Int32 {
    var identifier: cl_device_id? = context.device.identifier
    return clBuildProgram(handle, 1, &identifier, options, nil, nil)
  }

  private func buildLog() -> String {
    let log = try? queryText("clGetProgramBuildInfo") {
      clGetProgramBuildInfo(
        handle, context.device.identifier, cl_program_build_info(CL_PROGRAM_BUILD_LOG), $0, $1, $2)
    }
    return log ?? "(the driver gives no build log)"
  }

  /// The program in the driver's own format, or nil where it gives none.
  func binary() -> [UInt8]? {
    var byteCount = 0
    let sizes = cl_program_info(CL_PROGRAM_BINARY_SIZES)
    guard
      clGetProgramInfo(handle, sizes, MemoryLayout<Int>.size, &byteCount, nil) == CL_SUCCESS,
      byteCount > 0
    else { return nil }
    var bytes = [UInt8](repeating: 0, count: byteCount)
    let status = bytes.withUnsafeMutableBufferPointer { bytes in
      var start = bytes.baseAddress
      return clGetProgramInfo(
        handle, cl_program_info(CL_PROGRAM_BINARIES), MemoryLayout.size(ofValue: start), &start, nil
      )
    }
    return status == CL_SUCCESS ? bytes : nil
  }
}
