import { backend_util, type Tensor, tensor } from '@tensorflow/tfjs-core'

interface Attributes {
  readonly filterSize: number | number[]
  readonly strides: number | number[]
  readonly pad: 'same' | 'valid' | number
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

/** dy at the first of each window's largest numbers; `places` are the windows of each axis, as ranges of the volume. */
export function maximumGradient3d(dy: Tensor, input: Tensor, attributes: Attributes): Tensor {
  const { filterSize, strides, pad, dimRoundingMode } = attributes
  const info = backend_util.computePool3DInfo(
    input.shape as never,
    filterSize as never,
    strides as never,
    1,
    pad as never,
    dimRoundingMode,
  )
  const [numbers, gradients] = [input.dataSync(), dy.dataSync()]
  const result = new Float32Array(numbers.length)
  const [, depth, height, width, channels] = input.shape as [number, number, number, number, number]
  const depths = rangesOf(info.outDepth, info.strideDepth, info.filterDepth, depth, pad === 'same', info.padInfo.front)
  const rows = rangesOf(info.outHeight, info.strideHeight, info.filterHeight, height, pad === 'same', info.padInfo.top)
  const columns = rangesOf(info.outWidth, info.strideWidth, info.filterWidth, width, pad === 'same', info.padInfo.left)
  let place = 0
  for (let batch = 0; batch < info.batchSize; batch++) {
    for (const [front, back] of depths) {
      for (const [top, bottom] of rows) {
        for (const [left, right] of columns) {
          for (let channel = 0; channel < channels; channel++) {
            let largest = -1
            for (let z = front; z < back; z++) {
              for (let y = top; y < bottom; y++) {
                for (let x = left; x < right; x++) {
                  const own = (((batch * depth + z) * height + y) * width + x) * channels + channel
                  if (largest === -1 || numbers[own]! > numbers[largest]!) largest = own
                }
              }
            }
            if (largest !== -1) result[largest]! += gradients[place]!
            place++
          }
        }
      }
    }
  }
  return tensor(result, input.shape, 'float32')
}

/** From where to where each window of an axis sees it. */
function rangesOf(
  count: number,
  step: number,
  window: number,
  length: number,
  same: boolean,
  given: number,
): [number, number][] {
  const before = same ? Math.floor(Math.max(0, (count - 1) * step + window - length) / 2) : given
  return Array.from({ length: count }, (_, index) => {
    const first = index * step - before
    return [Math.max(first, 0), Math.min(first + window, length)]
  })
}
