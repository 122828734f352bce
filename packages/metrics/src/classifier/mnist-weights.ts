import { type NDArray, ndarray, sizeOfShape } from '@gantry/core'
import { mnistWeightShapes, mnistWeights } from './generated/mnist-weights.ts'
import { decodeHalf } from './half-precision.ts'

/** The shipped bytes, which the pinned hash is of. */
export function mnistWeightBytes(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(mnistWeights), (character) => character.charCodeAt(0))
}

/** The weights by name, as float32: `conv_1/kernel` [filters, channels, height, width], `conv_1/bias`, … `dense/bias`. */
export function readMnistWeights(): ReadonlyMap<string, NDArray<'float32'>> {
  const values = decodeHalf(mnistWeightBytes())
  let start = 0
  return new Map(
    mnistWeightShapes.map(([name, shape]) => {
      const end = start + sizeOfShape(shape)
      const array = ndarray('float32', shape, values.subarray(start, end))
      start = end
      return [name, array] as const
    }),
  )
}
