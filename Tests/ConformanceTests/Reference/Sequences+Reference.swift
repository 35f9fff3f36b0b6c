import Foundation
import GraftGraph

extension EmbeddingLookup: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let (table, indices) = (operands[0], operands[1])
    let (rows, channels) = (table.shape[0], table.shape[1])
    let values = indices.values.flatMap { number -> [Double] in
      let row = Int(number)
      guard 0..<rows ~= row else { return Array(repeating: 0, count: channels) }
      return Array(table.values[row * channels..<(row + 1) * channels])
    }
    return [ReferenceTensor(Shape(indices.shape.extents + [channels]), values)]
  }
}

extension EmbeddingGradient: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let (indices, gradient) = (operands[0], operands[1])
    let channels = gradient.shape.extents.last ?? 1
    var sums = TermSums(count: rows * channels)
    for (place, number) in indices.values.enumerated() where 0..<rows ~= Int(number) {
      for c in 0..<channels {
        sums.add(gradient.values[place * channels + c], at: Int(number) * channels + c)
      }
    }
    return [sums.tensor([rows, channels])]
  }
}

extension MaskedMean: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let (x, mask) = (operands[0], operands[1])
    let (samples, length, channels) = (x.shape[0], x.shape[1], x.shape[2])
    var sums = TermSums(count: samples * channels)
    for sample in 0..<samples {
      let own = mask.values[sample * length..<(sample + 1) * length]
      let total = own.reduce(0, +)
      for (place, share) in own.enumerated() where total != 0 {
        for c in 0..<channels {
          sums.add(
            share / total * x.values[(sample * length + place) * channels + c],
            at: sample * channels + c)
        }
      }
    }
    return [sums.tensor([samples, channels])]
  }
}

extension MaskedMeanGradient: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let (mask, gradient) = (operands[0], operands[1])
    let (length, channels) = (mask.shape[1], gradient.shape[1])
    let values = mask.values.enumerated().flatMap { place, share -> [Double] in
      let sample = place / length
      let total = mask.values[sample * length..<(sample + 1) * length].reduce(0, +)
      return (0..<channels).map {
        total == 0 ? 0 : share / total * gradient.values[sample * channels + $0]
      }
    }
    return [ReferenceTensor([mask.shape[0], length, channels], values)]
  }
}
