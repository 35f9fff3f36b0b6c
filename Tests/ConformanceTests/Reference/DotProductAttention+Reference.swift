import Foundation
import GraftGraph

/// The places of an attention's elements.
private struct AttentionPlaces {
  let samples: Int
  let heads: Int
  let queries: Int
  let keys: Int
  let depth: Int

  init(_ operands: [ReferenceTensor], heads: Int) {
    (samples, queries) = (operands[0].shape[0], operands[0].shape[1])
    (keys, self.heads) = (operands[1].shape[1], heads)
    depth = operands[0].shape[2] / heads
  }

  /// The first element of a head in row `row` of a sample that has `length`.
  func place(_ sample: Int, _ row: Int, of length: Int, head: Int) -> Int {
    ((sample * length + row) * heads + head) * depth
  }

  func forEachQuery(_ body: (_ sample: Int, _ head: Int, _ query: Int) -> Void) {
    for sample in 0..<samples {
      for head in 0..<heads { for query in 0..<queries { body(sample, head, query) } }
    }
  }
}

/// The weights of one query for all keys, and how far rounding may move each, relative to it.
private struct AttentionWeights {
  var values: [Double]
  var roundings: [Double]

  init(
    _ operands: [ReferenceTensor], _ places: AttentionPlaces, _ query: (Int, Int, Int),
    scale: Double, mask: ReferenceTensor?
  ) {
    let (sample, head, row) = query
    let own = places.place(sample, row, of: places.queries, head: head)
    var scores = Array(repeating: -Double.infinity, count: places.keys)
    roundings = Array(repeating: 1, count: places.keys)
    for key in 0..<places.keys where mask?.values[sample * places.keys + key] != 0 {
      let other = places.place(sample, key, of: places.keys, head: head)
      var sums = TermSums(count: 1)
      for c in 0..<places.depth {
        sums.add(scale * operands[0].values[own + c] * operands[1].values[other + c], at: 0)
      }
      scores[key] = sums.values[0]
      roundings[key] += sums.magnitudes[0]
    }
    let largest = scores.max() ?? 0
    values = largest == -.infinity ? scores.map { _ in 0 } : scores.map { exp($0 - largest) }
    let total = values.reduce(0, +)
    if total > 0 { values = values.map { $0 / total } }
    // An error in the largest exponent moves them all.
    let most = roundings.max() ?? 1
    roundings = roundings.map { $0 + most }
  }
}

extension DotProductAttention: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let places = AttentionPlaces(operands, heads: heads)
    var result = operands[0]
    places.forEachQuery { sample, head, query in
      let weights = AttentionWeights(
        operands, places, (sample, head, query), scale: Double(scale),
        mask: isMasked ? operands[3] : nil)
      let own = places.place(sample, query, of: places.queries, head: head)
      for c in 0..<places.depth {
        (result.values[own + c], result.magnitudes[own + c]) = (0, 0)
        for key in 0..<places.keys {
          let value = operands[2].values[
            places.place(sample, key, of: places.keys, head: head) + c]
          result.values[own + c] += weights.values[key] * value
          result.magnitudes[own + c] += weights.values[key] * weights.roundings[key] * abs(value)
        }
      }
    }
    return [result]
  }
}

extension DotProductAttentionGradient: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let places = AttentionPlaces(operands, heads: heads)
    let (scale, upstream) = (Double(scale), operands[isMasked ? 4 : 3].values)
    var results = operands.prefix(3).map { tensor in
      let zeros = tensor.values.map { _ in 0.0 }
      return ReferenceTensor(tensor.shape, zeros, magnitudes: zeros)
    }
    func add(_ term: Double, _ rounding: Double, to result: Int, at index: Int) {
      results[result].values[index] += term
      results[result].magnitudes[index] += rounding
    }
    places.forEachQuery { sample, head, query in
      let weights = AttentionWeights(
        operands, places, (sample, head, query), scale: scale, mask: isMasked ? operands[3] : nil)
      let own = places.place(sample, query, of: places.queries, head: head)
      let others = (0..<places.keys).map { places.place(sample, $0, of: places.keys, head: head) }
      var slopes = TermSums(count: places.keys)
      for (key, other) in others.enumerated() {
        for c in 0..<places.depth {
          slopes.add(upstream[own + c] * operands[2].values[other + c], at: key)
        }
      }
      let mean = zip(weights.values, slopes.values).reduce(0) { $0 + $1.0 * $1.1 }
      let meanMagnitude = zip(weights.values, slopes.magnitudes).reduce(0) { $0 + $1.0 * $1.1 }
      for (key, other) in others.enumerated() {
        let (weight, rounding) = (weights.values[key], weights.roundings[key])
        let slope = scale * weight * (slopes.values[key] - mean)
        let slopeRounding = scale * weight * rounding * (slopes.magnitudes[key] + meanMagnitude)
        for c in 0..<places.depth {
          let (q, k) = (operands[0].values[own + c], operands[1].values[other + c])
          add(slope * k, slopeRounding * abs(k), to: 0, at: own + c)
          add(slope * q, slopeRounding * abs(q), to: 1, at: other + c)
          let gradient = upstream[own + c]
          add(weight * gradient, weight * rounding * abs(gradient), to: 2, at: other + c)
        }
      }
    }
    return results
  }
}
