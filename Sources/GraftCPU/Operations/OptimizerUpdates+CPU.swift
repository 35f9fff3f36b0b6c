import GraftCPUKernels
import GraftGraph
import GraftRuntime

extension SGDUpdate: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let (update, count) = (self, problem.results[0].shape.count)
    return [
      device.elementwise("vector", count: count) { data in
        let (parameter, gradient, rate) = (data.operand(0), data.operand(1), data.operand(2))
        let velocity = update.momentum == 0 ? nil : data.operand(3)
        let newVelocity = update.momentum == 0 ? nil : data.result(1)
        let newParameter = data.result(0)
        return {
          let i = $0.lowerBound
          var settings = graft_sgd(
            rate: rate[0], momentum: update.momentum, weight_decay: update.weightDecay,
            is_nesterov: update.isNesterov)
          graft_sgd_update(
            &settings, parameter + i, gradient + i, velocity.map { $0 + i }, newParameter + i,
            newVelocity.map { $0 + i }, $0.count)
        }
      }
    ]
  }
}

extension AdamUpdate: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let (update, count) = (self, problem.results[0].shape.count)
    return [
      device.elementwise("vector", count: count) { data in
        let (parameter, gradient) = (data.operand(0), data.operand(1))
        let (first, second) = (data.operand(4), data.operand(5))
        let (rate, corrections) = (data.operand(2), data.operand(3))
        let results = (data.result(0), data.result(1), data.result(2))
        return {
          let i = $0.lowerBound
          var settings = graft_adam(
            rate: rate[0], beta1: update.beta1, beta2: update.beta2, epsilon: update.epsilon,
            weight_decay: update.weightDecay, first_correction: corrections[0],
            second_correction: corrections[1], is_decoupled: update.isDecoupled)
          graft_adam_update(
            &settings, parameter + i, gradient + i, first + i, second + i, results.0 + i,
            results.1 + i, results.2 + i, $0.count)
        }
      }
    ]
  }
}
