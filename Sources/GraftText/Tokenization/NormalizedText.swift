/// Text as BERT's tokenization reads it: clean, split where words end, each scalar with its place in the
/// original.
struct NormalizedText {
  /// A scalar of the normalized text and the place of the original scalar that it came from.
  struct Element {
    var scalar: Unicode.Scalar
    var place: Int
    /// Whether the original scalar gave another one before this.
    var isAdded = false
  }

  private(set) var elements: [Element] = []
  private let options: TextNormalization

  /// Normalizes scalars whose first one is the original's at `start`.
  init(_ scalars: some Sequence<Unicode.Scalar>, from start: Int, _ options: TextNormalization) {
    self.options = options
    var place = start
    for scalar in scalars {
      add(scalar, place)
      place += 1
    }
    if options.stripsAccents {
      reorderMarks()
      elements.removeAll { TextClasses.isMark($0.scalar) }
    }
    if options.lowercases { lowercase() }
  }

  private mutating func add(_ scalar: Unicode.Scalar, _ place: Int) {
    var scalar = scalar
    if options.cleans {
      if TextClasses.isRemoved(scalar) { return }
      if TextClasses.isSpace(scalar) { scalar = " " }
    }
    let isIdeograph = options.separatesIdeographs && TextClasses.isIdeograph(scalar)
    if isIdeograph { elements.append(Element(scalar: " ", place: place)) }
    if options.stripsAccents, scalar.value >= 0x80 {
      for (index, part) in TextClasses.decomposition(of: scalar).enumerated() {
        elements.append(Element(scalar: part, place: place, isAdded: index > 0))
      }
    } else {
      elements.append(Element(scalar: scalar, place: place))
    }
    if isIdeograph { elements.append(Element(scalar: " ", place: place)) }
  }

  /// Marks that follow each other stand in the order of their classes (Unicode's canonical order).
  private mutating func reorderMarks() {
    func rank(_ element: Element) -> UInt8 {
      element.scalar.value < 0x300
        ? 0 : element.scalar.properties.canonicalCombiningClass.rawValue
    }
    var first = 0
    while first < elements.count {
      guard rank(elements[first]) > 0 else {
        first += 1
        continue
      }
      var end = first + 1
      while end < elements.count, rank(elements[end]) > 0 { end += 1 }
      if end - first > 1 {
        let marks = elements[first..<end].enumerated().sorted {
          (rank($0.element), $0.offset) < (rank($1.element), $1.offset)
        }
        // As in the reference, places stay in their order, and what was added is where the one before is.
        var places = elements[first..<end].filter { !$0.isAdded }.map(\.place)[...]
        for (index, mark) in zip(first..<end, marks) {
          let before = index > 0 ? elements[index - 1].place : 0
          elements[index] = mark.element
          elements[index].place = mark.element.isAdded ? before : places.removeFirst()
        }
      }
      first = end
    }
  }

  private mutating func lowercase() {
    var lowered: [Element] = []
    lowered.reserveCapacity(elements.count)
    for element in elements {
      let value = element.scalar.value
      if value < 0x80 {
        let isUpper = 0x41...0x5A ~= value
        let scalar = isUpper ? Unicode.Scalar(UInt8(value + 32)) : element.scalar
        lowered.append(Element(scalar: scalar, place: element.place))
      } else {
        for scalar in element.scalar.properties.lowercaseMapping.unicodeScalars {
          lowered.append(Element(scalar: scalar, place: element.place))
        }
      }
    }
    elements = lowered
  }

  /// The words: what lies between white space, every sign of punctuation being one.
  var words: [Range<Int>] {
    var words: [Range<Int>] = []
    var first: Int?
    func end(at index: Int) {
      if let start = first { words.append(start..<index) }
      first = nil
    }
    for (index, element) in elements.enumerated() {
      if TextClasses.isSpace(element.scalar) {
        end(at: index)
      } else if TextClasses.isPunctuation(element.scalar) {
        end(at: index)
        words.append(index..<index + 1)
      } else if first == nil {
        first = index
      }
    }
    end(at: elements.count)
    return words
  }
}

/// What BERT's tokenization does to text before it looks for words (`BertNormalizer`).
public struct TextNormalization: Hashable, Codable, Sendable {
  /// Whether control characters go and every kind of white space becomes a space.
  public var cleans: Bool
  /// Whether each CJK ideograph is a word.
  public var separatesIdeographs: Bool
  /// Whether letters lose their accents.
  public var stripsAccents: Bool
  public var lowercases: Bool

  /// By default what uncased models take.
  ///
  /// - Parameter stripsAccents: As `lowercases` if `nil`.
  public init(
    lowercases: Bool = true, stripsAccents: Bool? = nil, cleans: Bool = true,
    separatesIdeographs: Bool = true
  ) {
    (self.lowercases, self.stripsAccents) = (lowercases, stripsAccents ?? lowercases)
    (self.cleans, self.separatesIdeographs) = (cleans, separatesIdeographs)
  }
}
