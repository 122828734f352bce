import { ndarray } from '@gantry/core'
import { attribute } from '@gantry/onnx'
import { CHANNELS_FIRST, permute } from '../recording/layout.ts'
import type { Recording } from '../recording/recording.ts'
import type { Kernel, KernelInputs, KernelTable } from './kernel.ts'
import { blockSize, repeatPixels, spreadChannels, sumBlocks } from './pixel-blocks.ts'
import { castTo } from './unary.ts'

interface Grid {
  readonly alignCorners: boolean
  readonly halfPixelCenters: boolean
}

interface ResizeAttributes extends Grid {
  readonly size: [number, number]
}

type Mode = 'nearest' | 'linear'

/** In a training step, how many equal pixels stand for one, where that is the same everywhere. */
function blocksOf(recording: Recording, size: readonly number[], shape: readonly number[], alignCorners: boolean) {
  return recording.convolutions === 'direct' || alignCorners ? undefined : blockSize(size, shape.slice(1, 3))
}

const resize =
  (mode: Mode): Kernel =>
  (recording, { images }: KernelInputs, { alignCorners, halfPixelCenters, size }: ResizeAttributes) => {
    const [batch, , , channels] = images!.shape as [number, number, number, number]
    const shape = [batch, ...size, channels]
    const blocks = mode === 'nearest' && blocksOf(recording, size, images!.shape, alignCorners)
    if (blocks) return repeatPixels(recording, castTo(recording, images!, 'float32'), blocks, {})
    const coordinates = alignCorners ? 'align_corners' : halfPixelCenters ? 'half_pixel' : 'asymmetric'
    const name = recording.node(
      'Resize',
      [
        recording.place(castTo(recording, images!, 'float32'), CHANNELS_FIRST),
        undefined,
        undefined,
        recording.integers(permute(shape, CHANNELS_FIRST)),
      ],
      {
        mode: attribute.string(mode),
        coordinate_transformation_mode: attribute.string(coordinates),
        // TF.js rounds (place + ½)·scale down, which is ONNX's (place + ½)·scale - ½ rounded.
        ...(mode === 'nearest' && {
          nearest_mode: attribute.string(alignCorners || halfPixelCenters ? 'round_prefer_ceil' : 'floor'),
        }),
      },
    )
    return recording.keep(name, 'float32', shape, CHANNELS_FIRST)
  }

/** How much of each input place every output place takes: a matrix of [output, input]. */
function weights(mode: Mode, input: number, output: number, { alignCorners, halfPixelCenters }: Grid): Float32Array {
  const matrix = new Float32Array(output * input)
  const scale = alignCorners && output > 1 ? (input - 1) / (output - 1) : input / output
  for (let place = 0; place < output; place++) {
    const add = (from: number, share: number) => {
      matrix[place * input + Math.min(Math.max(from, 0), input - 1)]! += share
    }
    if (mode === 'nearest') {
      const source = halfPixelCenters ? (place + 0.5) * scale : place * scale
      add(alignCorners ? Math.round(source) : Math.floor(source), 1)
    } else {
      const source = Math.max(halfPixelCenters ? (place + 0.5) * scale - 0.5 : place * scale, 0)
      const low = Math.floor(source)
      add(low, 1 - (source - low))
      add(low + 1, source - low)
    }
  }
  return matrix
}

/** Resizing is linear along each axis, so its gradient is a product with the two matrices turned over. */
const resizeGradient =
  (mode: Mode): Kernel =>
  (recording, { dy, images }: KernelInputs, grid: Grid) => {
    const blocks = mode === 'nearest' && blocksOf(recording, dy!.shape.slice(1, 3), images!.shape, grid.alignCorners)
    if (blocks) return sumBlocks(recording, dy!, blocks, 1, {})
    const [, height, width] = images!.shape as [number, number, number, number]
    const [, outHeight, outWidth] = dy!.shape as [number, number, number, number]
    const matrix = (input: number, output: number) =>
      recording.builder.constant(ndarray('float32', [output, input], weights(mode, input, output, grid)))
    const rows = recording.node('MatMul', [recording.place(dy!, CHANNELS_FIRST), matrix(width, outWidth)])
    const name = recording.node('MatMul', [transposed(recording, matrix(height, outHeight)), rows])
    return recording.keep(name, 'float32', images!.shape, CHANNELS_FIRST)
  }

function transposed(recording: Recording, matrix: string): string {
  return recording.node('Transpose', [matrix], { perm: attribute.ints([1, 0]) })
}

export const resamplingKernels: KernelTable = {
  ResizeNearestNeighbor: resize('nearest'),
  ResizeBilinear: resize('linear'),
  ResizeNearestNeighborGrad: resizeGradient('nearest'),
  ResizeBilinearGrad: resizeGradient('linear'),
  DepthToSpace: (
    recording,
    { x }: KernelInputs,
    { blockSize, dataFormat }: { blockSize: number; dataFormat: 'NHWC' | 'NCHW' },
  ) => {
    if (recording.convolutions === 'fast') return spreadChannels(recording, x!, blockSize, { dataFormat })
    const last = dataFormat === 'NHWC'
    const [batch, height, width, channels] = (last ? x!.shape : permute(x!.shape, [0, 2, 3, 1])) as [
      number,
      number,
      number,
      number,
    ]
    const order = last ? CHANNELS_FIRST : [0, 1, 2, 3]
    const name = recording.node('DepthToSpace', [recording.place(x!, order)], {
      blocksize: attribute.int(blockSize),
      mode: attribute.string('DCR'),
    })
    const image = [batch, height * blockSize, width * blockSize, channels / blockSize ** 2]
    return recording.keep(name, 'float32', last ? image : permute(image, [0, 3, 1, 2]), order)
  },
}
