package import GraftModels

extension PublishedWeights {
  /// More than the file can have: what the project says with room for its rounding, else what the values
  /// of the backbone take, twice.
  package var greatestByteCount: Int {
    get throws {
      if let approximateByteCount {
        return approximateByteCount + approximateByteCount / 64 + 1 << 16
      }
      var backbone = try Backbone.named(backbone)
      backbone.includesTop = includesTop
      let values = try Model(backbone).parameters.reduce(0) { $0 + $1.type.byteCount }
      return 2 * values + 1 << 24
    }
  }
}
