import { attribute } from '@gantry/onnx'
import { backend_util } from '@tensorflow/tfjs-core'
import { CHANNELS_FIRST } from '../layout.ts'
import type { Kernel, KernelInputs, KernelTable } from './kernel.ts'
import { pads, positive, surplusOf } from './window.ts'

interface PoolingAttributes {
  readonly filterSize: number | [number, number]
  readonly strides: number | [number, number]
  readonly pad: 'valid' | 'same' | number
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

const pool =
  (operator: 'AveragePool' | 'MaxPool'): Kernel =>
  (recording, { x }: KernelInputs, { filterSize, strides, pad, dimRoundingMode }: PoolingAttributes) => {
    const window = backend_util.computePool2DInfo(
      x!.shape as [number, number, number, number],
      filterSize,
      strides,
      1,
      pad,
      dimRoundingMode,
    )
    const { padInfo } = window
    const name = recording.node(operator, [recording.place(x!, CHANNELS_FIRST)], {
      kernel_shape: attribute.ints([window.filterHeight, window.filterWidth]),
      strides: attribute.ints([window.strideHeight, window.strideWidth]),
      pads: pads([padInfo.top, padInfo.left], positive(surplusOf(window))),
    })
    return recording.keep(name, 'float32', window.outShape, CHANNELS_FIRST)
  }

export const poolingKernels: KernelTable = {
  /** Averages leave the padding out, as TF.js does and ONNX by default. */
  AvgPool: pool('AveragePool'),
  MaxPool: pool('MaxPool'),
}
