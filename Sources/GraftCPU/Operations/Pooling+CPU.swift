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

/// One pooling window, for the plain references.
private struct Window {
  let rows: Range<Int>
  let columns: Range<Int>
  let divisor: Float

  init(_ windows: graft_windows, y: Int, x: Int) {
    let top = y * windows.row_step - windows.padding_top
    let left = x * windows.column_step - windows.padding_left
    let bottom = min(top + windows.window_rows, windows.input_rows + windows.padding_bottom)
    let right = min(
      left + windows.window_columns, windows.input_columns + windows.padding_right)
    rows = max(top, 0)..<min(bottom, windows.input_rows)
    columns = max(left, 0)..<min(right, windows.input_columns)
    divisor = Float(
      windows.counts_padding ? (bottom - top) * (right - left) : rows.count * columns.count)
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
      },
      .naive(on: device) { data in
        let (x, y) = (data.operand(0), data.result())
        let (channels, line) = (windows.channels, windows.input_columns * windows.channels)
        for i in 0..<result.count {
          let (c, pixel) = (i % channels, i / channels)
          let n = pixel / (result[1] * result[2])
          let window = Window(windows, y: pixel / result[2] % result[1], x: pixel % result[2])
          var value: Float = isMaximum ? -.infinity : 0
          for row in window.rows {
            for column in window.columns {
              let element = x[(n * windows.input_rows + row) * line + column * channels + c]
              value = isMaximum ? max(value, element) : value + element
            }
          }
          y[i] = isMaximum ? value : value / window.divisor
        }
      },
    ]
  }
}

extension PoolingGradient: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let shape = problem.results[0].shape
    let windows = pooling.windows(image: imageSize, channels: shape[3])
    return [vectorized(windows, shape, on: device), naive(windows, shape, on: device)]
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

  private func naive(
    _ windows: graft_windows, _ shape: Shape, on device: CPUDevice
  ) -> CPULowering {
    let isMaximum = pooling.kind == .maximum
    let (height, width, channels) = (windows.output_rows, windows.output_columns, shape[3])
    return .naive(on: device) { data in
      let (gradient, result) = (data.operand(0), data.result())
      result.update(repeating: 0, count: shape.count)
      for i in 0..<shape[0] * height * width * channels {
        let (c, pixel) = (i % channels, i / channels)
        let n = pixel / (height * width)
        let window = Window(windows, y: pixel / width % height, x: pixel % width)
        var best: Int?
        for row in window.rows {
          for column in window.columns {
            let place = ((n * shape[1] + row) * shape[2] + column) * channels + c
            if !isMaximum {
              result[place] += gradient[i] / window.divisor
            } else if best.map({ data.operand(1)[place] > data.operand(1)[$0] }) ?? true {
              best = place
            }
          }
        }
        if let best { result[best] += gradient[i] }
      }
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
      },
      .naive(on: device) { data in
        for i in 0..<shape[0] * channels {
          let image = data.operand(0) + i / channels * pixels * channels + i % channels
          let values = (0..<pixels).lazy.map { image[$0 * channels] }
          data.result()[i] =
            isMaximum
            ? values.reduce(-.infinity, max)
            : Float(values.reduce(0.0) { $0 + Double($1) } / Double(pixels))
        }
      },
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
      },
      .naive(on: device) { data in
        for i in 0..<shape[0] * channels {
          let first = i / channels * pixels * channels + i % channels
          var best = 0
          for pixel in 0..<pixels where isMaximum {
            let image = data.operand(1) + first
            if image[pixel * channels] > image[best * channels] { best = pixel }
          }
          for pixel in 0..<pixels {
            let share = isMaximum ? (pixel == best ? 1 : 0) : 1 / Float(pixels)
            data.result()[first + pixel * channels] = data.operand(0)[i] * share
          }
        }
      },
    ]
  }
}
