import { backend_util } from '@tensorflow/tfjs-core'
import type { KernelInputs, KernelTable } from './kernel.ts'
import { pad, reshape, slice, transpose } from './movement.ts'

type Pairs = readonly (readonly [number, number])[]

export const spaceBatchKernels: KernelTable = {
  /** Blocks of space become entries of the batch. */
  SpaceToBatchND: (
    recording,
    { x }: KernelInputs,
    { blockShape, paddings }: { blockShape: number[]; paddings: Pairs },
  ) => {
    const none = [0, 0] as const
    const rest = x!.shape.slice(1 + blockShape.length).map(() => none)
    const padded = pad(recording, x!, [none, ...paddings, ...rest])
    const block = blockShape.reduce((product, length) => product * length, 1)
    const split = backend_util.getReshaped(padded.shape, blockShape, block, false)
    const order = backend_util.getPermuted(split.length, blockShape.length, false)
    const joined = backend_util.getReshapedPermuted(padded.shape, blockShape, block, false)
    return reshape(recording, transpose(recording, reshape(recording, padded, split), order), joined)
  },
  /** Entries of the batch become blocks of space. */
  BatchToSpaceND: (
    recording,
    { x }: KernelInputs,
    { blockShape, crops }: { blockShape: number[]; crops: number[][] },
  ) => {
    const block = blockShape.reduce((product, length) => product * length, 1)
    const split = backend_util.getReshaped(x!.shape, blockShape, block)
    const order = backend_util.getPermuted(split.length, blockShape.length)
    const joined = backend_util.getReshapedPermuted(x!.shape, blockShape, block)
    const whole = reshape(recording, transpose(recording, reshape(recording, x!, split), order), joined)
    // Axes behind those of the blocks are kept whole.
    const rest = joined.slice(1 + crops.length)
    const begin = [...backend_util.getSliceBeginCoords(crops, blockShape.length), ...rest.map(() => 0)]
    return slice(recording, whole, begin, [...backend_util.getSliceSize(joined, crops, blockShape.length), ...rest])
  },
}
