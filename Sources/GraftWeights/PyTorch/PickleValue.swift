/// A value of a pickle; containers are numbers of nodes, so that nesting and cycles cost nothing.
enum PickleValue: Hashable, Sendable {
  case none
  case boolean(Bool)
  case integer(Int)
  case real(Double)
  case text(String)
  /// A value that no weight file needs: bytes, integers beyond 64 bits, devices.
  case opaque
  case global(PickleGlobal)
  case node(Int)
}

/// A container or a tensor of a pickle.
struct PickleNode {
  enum Kind: Equatable {
    case list, tuple, set
    /// Items are keys and values in turn.
    case dictionary
    case storage(PickledStorage)
    case tensor(PickledTensor)
  }

  var kind: Kind
  var items: [PickleValue] = []
}

/// A reference to raw elements outside of the pickle.
struct PickledStorage: Hashable, Sendable {
  var key: String
  /// Nil for an untyped storage, whose tensors know their own type.
  var elementType: StoredElementType?
  /// In elements; in bytes for an untyped storage.
  var count: Int
  /// The first element, in very old files where a storage may be part of another.
  var offset = 0
}

/// A tensor as the pickle describes it, before its storage is looked up.
struct PickledTensor: Hashable, Sendable {
  var storage: PickledStorage
  var elementType: StoredElementType
  var offset: Int
  var extents: [Int]
  var strides: [Int]
}

/// The Python functions and classes that a pickle may name; what each does is written in Swift.
enum PickleGlobal: Hashable, Sendable {
  case dictionary, defaultDictionary, list, tuple, set
  case size, device, tensorClass
  case encode
  case storage(StoredElementType?)
  case elementType(StoredElementType)
  case rebuildTensor, rebuildTypedTensor, rebuildParameter, rebuildSubclass

  /// The harmless global of this module and name, if it is one.
  init?(module: String, name: String) {
    guard let global = Self.allowed["\(module).\(name)"] else { return nil }
    self = global
  }

  private static let allowed: [String: PickleGlobal] = {
    var globals: [String: PickleGlobal] = [
      "collections.OrderedDict": .dictionary, "collections.Counter": .dictionary,
      "collections.defaultdict": .defaultDictionary,
      "torch.Size": .size, "torch.device": .device, "torch.Tensor": .tensorClass,
      "torch.nn.parameter.Parameter": .tensorClass, "torch.nn.parameter.Buffer": .tensorClass,
      "torch.storage.UntypedStorage": .storage(nil), "torch.UntypedStorage": .storage(nil),
      "torch._utils._rebuild_tensor": .rebuildTensor,
      "torch._utils._rebuild_tensor_v2": .rebuildTensor,
      "torch._utils._rebuild_tensor_v3": .rebuildTypedTensor,
      "torch._utils._rebuild_parameter": .rebuildParameter,
      "torch._tensor._rebuild_from_type_v2": .rebuildSubclass,
      "_codecs.encode": .encode,
    ]
    for module in ["builtins", "__builtin__"] {
      globals["\(module).dict"] = .dictionary
      globals["\(module).list"] = .list
      globals["\(module).tuple"] = .tuple
      globals["\(module).set"] = .set
      globals["\(module).frozenset"] = .set
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
}
