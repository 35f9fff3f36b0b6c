/// A value of a pickle; containers are numbers of nodes, so that nesting and cycles cost nothing.
enum PickleValue: Hashable, Sendable {
  case none
  case boolean(Bool)
  case integer(Int)
  case real(Double)
  case text(String)
  /// Bytes at this place of the pickle.
  case bytes(Range<Int>)
  /// Bytes as protocol 2 writes them: a text of characters up to U+00FF, one for each.
  case encodedBytes(String)
  /// A value that no weight file needs, such as an integer beyond 64 bits.
  case opaque
  case global(PickleGlobal)
  case node(Int)
}

/// A container, an object or a tensor of a pickle.
struct PickleNode {
  enum Kind: Hashable {
    case list, tuple, set
    /// Items are keys and values in turn.
    case dictionary
    /// An object of a class that Graft need not know: its attributes and its items, keys and values
    /// in turn; what has no name is numbered.
    case object(String)
    /// The type of an array of NumPy's, if Graft reads it.
    case arrayType(StoredElementType?, ByteOrder)
    /// The number of a storage among the machine's.
    case storage(Int)
    /// The number of a tensor among the machine's.
    case tensor(Int)
    /// A tensor of a kind that Graft doesn't read, by Python's name for the kind.
    case unreadable(String)
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
struct PickledTensor: Sendable {
  enum Source: Sendable {
    /// Elements outside of the pickle, in the file's byte order.
    case storage(PickledStorage)
    /// Elements of an array of NumPy's, inside of the pickle.
    case bytes(ByteView, ByteOrder)
  }

  var source: Source
  var elementType: StoredElementType
  var offset: Int
  var extents: [Int]
  var strides: [Int]
}
