/// The text of an OpenCL C file of this folder, by its path relative to the folder.
///
/// - Parameter name: For example `"elementwise/activation.cl"`.
/// - Returns: `nil` where no such file was embedded.
public func kernelSource(_ name: String) -> String? { embeddedKernels[name] }

/// The paths of all embedded files.
public var kernelNames: [String] { embeddedKernels.keys.sorted() }
