import GraftGraph

extension SGDUpdate: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let (parameter, gradient, rate) = (operands[0], operands[1], operands[2].values[0])
    let (momentum, decay) = (Double(momentum), Double(weightDecay))
    var (moved, velocity) = (parameter, parameter)
    for index in parameter.values.indices {
      var slope = TermSums(count: 1)
      slope.add(gradient.values[index], at: 0)
      slope.add(decay * parameter.values[index], at: 0)
      var speed = slope
      if momentum != 0 { speed.add(momentum * operands[3].values[index], at: 0) }
      var step = speed
      if momentum != 0, isNesterov {
        step.values[0] = slope.values[0] + momentum * speed.values[0]
        step.magnitudes[0] = slope.magnitudes[0] + momentum * speed.magnitudes[0]
      }
      moved.values[index] -= rate * step.values[0]
      moved.magnitudes[index] += rate * step.magnitudes[0]
      velocity.values[index] = speed.values[0]
      velocity.magnitudes[index] = speed.magnitudes[0]
    }
    return momentum == 0 ? [moved] : [moved, velocity]
  }
}

extension AdamUpdate: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let (parameter, gradient, rate) = (operands[0], operands[1], operands[2].values[0])
    let corrections = operands[3].values
    let (first, second) = (operands[4], operands[5])
    let (beta1, beta2, decay) = (Double(beta1), Double(beta2), Double(weightDecay))
    var (moved, newFirst, newSecond) = (parameter, first, second)
    for index in parameter.values.indices {
      let old = parameter.values[index]
      let slope = gradient.values[index] + (isDecoupled ? 0 : decay * old)
      let slopeMagnitude = abs(gradient.values[index]) + (isDecoupled ? 0 : decay * abs(old))
      newFirst.values[index] = beta1 * first.values[index] + (1 - beta1) * slope
      newFirst.magnitudes[index] =
        beta1 * abs(first.values[index]) + (1 - beta1) * slopeMagnitude
      newSecond.values[index] = beta2 * second.values[index] + (1 - beta2) * slope * slope
      newSecond.magnitudes[index] =
        beta2 * second.values[index] + (1 - beta2) * slopeMagnitude * abs(slope)
      let shrinkage = isDecoupled ? rate * decay * old : 0
      let deviation = (newSecond.values[index] / corrections[1]).squareRoot() + Double(epsilon)
      moved.values[index] =
        old - shrinkage - rate * (newFirst.values[index] / corrections[0]) / deviation
      moved.magnitudes[index] =
        abs(old) + abs(shrinkage)
        + rate * (newFirst.magnitudes[index] / corrections[0]) / deviation
    }
    return [moved, newFirst, newSecond]
  }
}
