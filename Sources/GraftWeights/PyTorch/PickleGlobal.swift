/// A Python function or class that a pickle names; what each means here is written in Swift.
///
/// None is ever looked up or called. Those that stand for tensors and plain containers are known by
/// name; of any other only the data are kept that the pickle gives it. What runs commands or code in
/// Python is refused nonetheless: a file that asks for it is an attack on somebody.
enum PickleGlobal: Hashable, Sendable {
  case dictionary, defaultDictionary, list, tuple, set
  case size, tensorClass
  case encode, attribute
  case storage(StoredElementType?)
  case elementType(StoredElementType)
  case rebuildTensor, rebuildTypedTensor, rebuildParameter, rebuildSubclass
  case arrayType, rebuildArray, arrayFromBytes, arrayScalar
  case rebuildObject
  /// Anything else, by its full name.
  case foreign(String)

  /// The global of this module and name, or nil where Python would run code or commands by it.
  init?(module: String, name: String) {
    let full = "\(module).\(name)"
    if let global = Self.known[full] {
      self = global
      return
    }
    let root = String(full.prefix { $0 != "." })
    guard !Self.dangerousModules.contains(root), !Self.dangerousNames.contains(full),
      !Self.dangerousPrefixes.contains(where: full.hasPrefix)
    else { return nil }
    self = .foreign(full)
  }

  /// Whether a name is written as classes are, or is one of the few data classes that aren't.
  static func seemsClass(_ name: String) -> Bool {
    let last = name.split(separator: ".").last?.drop { $0 == "_" } ?? ""
    return last.first?.isUppercase == true || dataClasses.contains(name)
  }

  private static let known: [String: PickleGlobal] = {
    var globals: [String: PickleGlobal] = [
      "collections.OrderedDict": .dictionary, "collections.Counter": .dictionary,
      "collections.defaultdict": .defaultDictionary,
      "torch.Size": .size, "torch.Tensor": .tensorClass,
      "torch.nn.parameter.Parameter": .tensorClass, "torch.nn.parameter.Buffer": .tensorClass,
      "torch.storage.UntypedStorage": .storage(nil), "torch.UntypedStorage": .storage(nil),
      "torch._utils._rebuild_tensor": .rebuildTensor,
      "torch._utils._rebuild_tensor_v2": .rebuildTensor,
      "torch._utils._rebuild_tensor_v3": .rebuildTypedTensor,
      "torch._utils._rebuild_parameter": .rebuildParameter,
      "torch._utils._rebuild_parameter_with_state": .rebuildParameter,
      // Tensors of TPUs and the like, saved as arrays.
      "torch._utils._rebuild_device_tensor_from_numpy": .rebuildParameter,
      "torch._utils._rebuild_xla_tensor": .rebuildParameter,
      "torch._tensor._rebuild_from_type_v2": .rebuildSubclass,
      "_codecs.encode": .encode, "numpy.dtype": .arrayType,
      "copyreg._reconstructor": .rebuildObject, "copy_reg._reconstructor": .rebuildObject,
    ]
    for module in ["builtins", "__builtin__"] {
      globals["\(module).dict"] = .dictionary
      globals["\(module).list"] = .list
      globals["\(module).tuple"] = .tuple
      globals["\(module).set"] = .set
      globals["\(module).frozenset"] = .set
      globals["\(module).getattr"] = .attribute
    }
    for core in ["core", "_core"] {
      globals["numpy.\(core).multiarray._reconstruct"] = .rebuildArray
      globals["numpy.\(core).multiarray.scalar"] = .arrayScalar
      globals["numpy.\(core).numeric._frombuffer"] = .arrayFromBytes
    }
    for (name, type) in storageNames {
      globals["torch.\(name)Storage"] = .storage(type)
      globals["torch.cuda.\(name)Storage"] = .storage(type)
    }
    for type in StoredElementType.allCases {
      globals["torch.\(type.rawValue)"] = .elementType(type)
    }
    return globals
  }()

  private static let storageNames: [String: StoredElementType] = [
    "Double": .float64, "Float": .float32, "Half": .float16, "BFloat16": .bfloat16,
    "Long": .int64, "Int": .int32, "Short": .int16, "Char": .int8, "Byte": .uint8, "Bool": .bool,
  ]

  private static let dataClasses: Set<String> = [
    "datetime.datetime", "datetime.date", "datetime.time", "datetime.timedelta",
    "datetime.timezone", "collections.deque", "functools.partial", "torch.device",
    "builtins.complex", "__builtin__.complex", "builtins.slice", "__builtin__.slice",
    "builtins.range", "__builtin__.xrange", "builtins.bytearray", "__builtin__.bytearray",
    "builtins.bytes", "__builtin__.bytes", "builtins.object", "__builtin__.object",
    "torch.serialization._get_layout", "operator.getitem", "operator.or_",
  ]

  private static let dangerousModules: Set<String> = [
    "os", "posix", "nt", "subprocess", "_posixsubprocess", "popen2", "pty", "sys",
    "shutil", "socket", "importlib", "imp", "pkgutil", "runpy", "ctypes", "_ctypes",
    "codeop", "pdb", "bdb", "timeit", "cProfile", "webbrowser", "urllib",
    "urllib2", "http", "httplib", "requests", "httpx", "ftplib", "smtplib", "telnetlib", "pip",
    "ensurepip", "venv", "pickle", "_pickle", "cPickle", "marshal", "shelve",
  ]

  private static let dangerousNames: Set<String> = Set(
    ["builtins", "__builtin__"].flatMap { module in
      [
        "eval", "exec", "execfile", "compile", "open", "file", "__import__", "input", "raw_input",
        "breakpoint", "apply", "setattr", "delattr", "globals", "locals", "vars",
      ].map { "\(module).\($0)" }
    } + [
      "types.FunctionType", "types.CodeType", "types.LambdaType", "torch.load",
      "commands.getoutput",
      "code.interact", "code.InteractiveInterpreter", "code.InteractiveConsole",
    ])

  private static let dangerousPrefixes = [
    "torch.hub.", "torch.utils.cpp_extension.", "torch.serialization.load", "numpy.testing.",
    "numpy.f2py.", "distutils.", "setuptools.",
  ]
}
