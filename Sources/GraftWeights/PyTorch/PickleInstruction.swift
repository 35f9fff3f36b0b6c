/// The instructions of pickle protocols 2 to 5 that plain data needs, by their codes.
///
/// Source: CPython's `Lib/pickletools.py`. The textual instructions of protocol 0 are left out on
/// purpose: `torch.save` never writes them.
enum PickleInstruction: UInt8 {
  case `protocol` = 0x80
  case frame = 0x95
  case mark = 0x28
  case pop = 0x30
  case popMark = 0x31
  case duplicate = 0x32
  case put8 = 0x71
  case put32 = 0x72
  case memoize = 0x94
  case get8 = 0x68
  case get32 = 0x6A

  case none = 0x4E
  case `true` = 0x88
  case `false` = 0x89
  case integer8 = 0x4B
  case integer16 = 0x4D
  case integer32 = 0x4A
  case long8 = 0x8A
  case long32 = 0x8B
  case real = 0x47
  case oldText8 = 0x55
  case oldText32 = 0x54
  case text8 = 0x8C
  case text32 = 0x58
  case text64 = 0x8D
  case bytes8 = 0x43
  case bytes32 = 0x42
  case bytes64 = 0x8E
  case byteArray64 = 0x96

  case emptyList = 0x5D
  case append = 0x61
  case appends = 0x65
  case list = 0x6C
  case emptyTuple = 0x29
  case tuple = 0x74
  case tuple1 = 0x85
  case tuple2 = 0x86
  case tuple3 = 0x87
  case emptyDictionary = 0x7D
  case dictionary = 0x64
  case setItem = 0x73
  case setItems = 0x75
  case emptySet = 0x8F
  case addItems = 0x90
  case frozenSet = 0x91

  case global = 0x63
  case stackGlobal = 0x93
  case reduce = 0x52
  case newObject = 0x81
  case newObjectWithNames = 0x92
  case build = 0x62
  case persistentIdentifier = 0x51
  case stop = 0x2E

  enum Group { case structure, literal, container, object }

  var group: Group {
    switch self {
    case .protocol, .frame, .mark, .pop, .popMark, .duplicate, .put8, .put32, .memoize, .get8,
      .get32:
      .structure
    case .none, .true, .false, .integer8, .integer16, .integer32, .long8, .long32, .real,
      .oldText8, .oldText32, .text8, .text32, .text64, .bytes8, .bytes32, .bytes64, .byteArray64:
      .literal
    case .emptyList, .append, .appends, .list, .emptyTuple, .tuple, .tuple1, .tuple2, .tuple3,
      .emptyDictionary, .dictionary, .setItem, .setItems, .emptySet, .addItems, .frozenSet:
      .container
    case .global, .stackGlobal, .reduce, .newObject, .newObjectWithNames, .build,
      .persistentIdentifier, .stop:
      .object
    }
  }
}
