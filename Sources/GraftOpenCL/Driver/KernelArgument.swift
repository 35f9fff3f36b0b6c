import COpenCL
import GraftRuntime

/// Something that can be passed to a kernel.
protocol KernelArgument {
  /// Sets the kernel's next arguments.
  func pass(to kernel: inout KernelArguments) throws(OpenCLError)
}

/// Sets the arguments of one kernel in their order.
struct KernelArguments {
  let kernel: cl_kernel
  let name: String
  private var position: cl_uint = 0

  init(of kernel: cl_kernel, named name: String) {
    self.kernel = kernel
    self.name = name
  }

  mutating func append<Value: BitwiseCopyable>(_ value: Value) throws(OpenCLError) {
    let status = withUnsafePointer(to: value) {
      clSetKernelArg(kernel, position, MemoryLayout<Value>.size, $0)
    }
    try check(status, "clSetKernelArg \(position) of \(name)")
    position += 1
  }

  /// Kernels count with 32 bits.
  mutating func append(count: Int) throws(OpenCLError) {
    guard let narrowed = Int32(exactly: count) else {
      throw .tooManyElements(count: count, kernel: name)
    }
    try append(narrowed)
  }
}

extension Int: KernelArgument {
  func pass(to kernel: inout KernelArguments) throws(OpenCLError) {
    try kernel.append(count: self)
  }
}

extension Float: KernelArgument {
  func pass(to kernel: inout KernelArguments) throws(OpenCLError) { try kernel.append(self) }
}

extension UInt32: KernelArgument {
  func pass(to kernel: inout KernelArguments) throws(OpenCLError) { try kernel.append(self) }
}

/// A buffer and an offset in elements of four bytes: two arguments.
extension BufferSlice: KernelArgument where Buffer == OpenCLBuffer {
  func pass(to kernel: inout KernelArguments) throws(OpenCLError) {
    try kernel.append(buffer.handle)
    try kernel.append(count: byteOffset / 4)
  }
}
