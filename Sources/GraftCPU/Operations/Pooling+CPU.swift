import GraftCPUKernels
import GraftGraph
import GraftRuntime

extension Pooling {
  /// The windows as the kernels see them.
  fileprivate func windows(image: Extent2D, channels: Int) -> graft_windows {
    let size = resultSize(of: image)
    return graft_windows(
      channels: channels, input_rows: image.height, input_columns: image.width,
      output_rows: size.height, output_columns: size.width, window_rows: window.height,
      window_columns: window.width, row_step: strides.height, column_step: strides.width,
      padding_top: padding.top, padding_bottom: padding.bottom, padding_left: padding.left,
      padding_right: padding.right, counts_padding: kind == .average(countsPadding: true))
  }
}

extension Pooling: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let (image, result) = (problem.operands[0], problem.results[0].shape)
    let windows = windows(image: image.imageSize, channels: image.shape[3])
    let (rows, isMaximum) = (result[0] * result[1], kind == .maximum)
    return [
      CPULowering("vector", on: device) { data in
        let (x, y) = (data.operand(0), data.result())
        return [
          Stage(over: rows, rangeCount: 4) {
            var windows = windows
            if isMaximum {
              graft_maximum_pool(&windows, x, y, $0.lowerBound, $0.upperBound)
            } else {
              graft_average_pool(&windows, x, y, $0.lowerBound, $0.upperBound)
            }
          }
        ]
      }
    ]
  }
}

extension PoolingGradient: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let shape = problem.results[0].shape
    let windows = pooling.windows(image: imageSize, channels: shape[3])
    return [vectorized(windows, shape, on: device)]
  }

  private func vectorized(
    _ windows: graft_windows, _ shape: Shape, on device: CPUDevice
  ) -> CPULowering {
    let isMaximum = pooling.kind == .maximum
    let channels = shape[3]
    let imageCount = windows.input_rows * windows.input_columns * channels
    let outputCount = windows.output_rows * windows.output_columns * channels
    let parts = (channels + 63) / 64
    return CPULowering("vector", on: device) { data in
      let (gradient, result) = (data.operand(0), data.result())
      let image = isMaximum ? data.operand(1) : nil
      return [
        Stage(taskCount: shape[0] * parts) { task, _ in
          let (n, first) = (task / parts, task % parts * 64)
          let end = min(channels, first + 64)
          var windows = windows
          let (from, to) = (gradient + n * outputCount, result + n * imageCount)
          if let image {
            graft_maximum_pool_gradient(&windows, image + n * imageCount, from, to, first, end)
          } else {
            graft_average_pool_gradient(&windows, from, to, first, end)
          }
        }
      ]
    }
  }

}

extension GlobalPooling: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let (shape, isMaximum) = (problem.operands[0].shape, kind == .maximum)
    let (pixels, channels) = (shape[1] * shape[2], shape[3])
    return [
      CPULowering("vector", on: device) { data in
        let (x, y) = (data.operand(0), data.result())
        return [
          Stage(taskCount: shape[0]) { n, _ in
            let (image, to) = (x + n * pixels * channels, y + n * channels)
            if isMaximum {
              graft_maximum_of_rows(image, pixels, channels, to)
            } else {
              graft_sum_rows(image, pixels, channels, to)
              graft_combine_scalar(GRAFT_MULTIPLY, to, 1 / Float(pixels), to, channels)
            }
          }
        ]
      }
    ]
  }
}

extension GlobalPoolingGradient: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let (shape, isMaximum) = (problem.results[0].shape, kind == .maximum)
    let (pixels, channels) = (shape[1] * shape[2], shape[3])
    return [
      CPULowering("vector", on: device) { data in
        let (gradient, result) = (data.operand(0), data.result())
        let image = isMaximum ? data.operand(1) : nil
        return [
          Stage(taskCount: shape[0]) { n, _ in
            let (from, first) = (gradient + n * channels, n * pixels * channels)
            let to = result + first
            if let image {
              graft_maximum_of_rows_gradient(image + first, from, pixels, channels, to)
            } else {
              graft_combine_scalar(GRAFT_MULTIPLY, from, 1 / Float(pixels), to, channels)
              graft_copy_rows(to, 0, to + channels, channels, pixels - 1, channels)
            }
          }
        ]
      }
    ]
  }
}
