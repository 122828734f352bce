import { attribute } from '@gantry/onnx'
import { CHANNELS_FIRST, permute } from '../layout.ts'
import type { Kernel, KernelInputs, KernelTable } from './kernel.ts'

interface ResizeAttributes {
  readonly alignCorners: boolean
  readonly halfPixelCenters: boolean
  readonly size: [number, number]
}

const resize =
  (mode: 'nearest' | 'linear'): Kernel =>
  (recording, { images }: KernelInputs, { alignCorners, halfPixelCenters, size }: ResizeAttributes) => {
    const [batch, , , channels] = images!.shape as [number, number, number, number]
    const shape = [batch, ...size, channels]
    const coordinates = alignCorners ? 'align_corners' : halfPixelCenters ? 'half_pixel' : 'asymmetric'
    const name = recording.node(
      'Resize',
      [
        recording.place(images!, CHANNELS_FIRST),
        undefined,
        undefined,
        recording.integers(permute(shape, CHANNELS_FIRST)),
      ],
      {
        mode: attribute.string(mode),
        coordinate_transformation_mode: attribute.string(coordinates),
        ...(mode === 'nearest' ? { nearest_mode: attribute.string(alignCorners ? 'round_prefer_ceil' : 'floor') } : {}),
      },
    )
    return recording.keep(name, 'float32', shape, CHANNELS_FIRST)
  }

export const resamplingKernels: KernelTable = {
  ResizeNearestNeighbor: resize('nearest'),
  ResizeBilinear: resize('linear'),
  DepthToSpace: (
    recording,
    { x }: KernelInputs,
    { blockSize, dataFormat }: { blockSize: number; dataFormat: 'NHWC' | 'NCHW' },
  ) => {
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
