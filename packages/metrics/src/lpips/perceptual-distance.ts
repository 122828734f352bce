import { type InferenceBackend, type NDArray, ndarray, ShapeError } from '@gantry/core'
import { createModel, encodeModel } from '@gantry/onnx'
import { checkImages } from '../extractors/image-input.ts'
import { randomKernels } from '../extractors/network/random-kernels.ts'
import { convolution } from '../extractors/network/steps.ts'
import type { ImageBatch } from '../features.ts'
import type { NetworkWeights } from '../weights/weights-for.ts'
import { headName, type PerceptualNetwork, perceptualNetworks } from './networks.ts'
import { buildPerceptualGraph, type PerceptualParts } from './perceptual-graph.ts'

/** The smallest image that no network shrinks to nothing. */
const SMALLEST = 32

const RANDOM_SEED = 2020

const randomSlices = [
  [convolution('convolution_1', 32, 3)],
  [convolution('convolution_2', 64, 3, { stride: 2 })],
  [convolution('convolution_3', 128, 3, { stride: 2 })],
  [convolution('convolution_4', 256, 3, { stride: 2 })],
] as const

type Images = ImageBatch | NDArray<'float32'>

/** Distances of pairs of images. */
export interface PairDistances {
  /** One LPIPS a pair. */
  readonly distances: Float32Array
  /** Row-major [pairs, layers]: what each layer adds. */
  readonly layers: Float32Array
  readonly layerCount: number
}

/** LPIPS, or its formula, with a loaded network. */
export interface PerceptualDistance {
  readonly name: string
  /** SHA-256 of the files of backbone and heads; the seed of random ones. */
  readonly weights: { readonly backbone: string; readonly heads: string }
  /**
   * Images are 8-bit, or float32 in [-1, 1] as generators make them: small steps, as of a path length, vanish in 8 bits.
   *
   * @throws ShapeError `IMAGES_UNSUITABLE`, `IMAGES_DIFFER` unless both sides have one shape
   */
  compare(left: Images, right: Images): Promise<PairDistances>
  dispose(): Promise<void>
}

/**
 * LPIPS, version 0.1, of pairs of images (at least 32 × 32; they are not resized).
 *
 * @param weights of the torchvision network (`vgg16`, `alexnet`, `squeezenet1_1`) and of LPIPS's heads (`lpips-vgg` …), from
 * `weightsFor`
 *
 * @example
 * ```ts
 * const lpips = await createPerceptualDistance(backend, 'alex', { backbone, heads })
 * const { distances } = await lpips.compare(images, otherImages)
 * ```
 */
export async function createPerceptualDistance(
  backend: InferenceBackend,
  network: PerceptualNetwork,
  { backbone, heads }: { readonly backbone: NetworkWeights; readonly heads: NetworkWeights },
): Promise<PerceptualDistance> {
  const slices = perceptualNetworks[network]
  return loadDistance(
    backend,
    {
      name: `lpips-${network}`,
      slices,
      kernelOf: (name) => ({
        weight: backbone.tensors.get(`${name}.weight`)!,
        bias: backbone.tensors.get(`${name}.bias`)!,
      }),
      heads: slices.map((_, layer) => heads.tensors.get(headName(layer))!),
    },
    { weights: { backbone: backbone.sha256, heads: heads.sha256 }, smallest: SMALLEST },
  )
}

/**
 * The formula of LPIPS over a network whose weights are random numbers of a fixed seed, where no others are at hand:
 * `random-conv-distance`. Untrained networks, too, agree with people better than pixels do (Zhang et al. 2018, table 5), but the
 * number is no LPIPS. Every channel and each of the four layers counts alike, so that it lies between 0 and 4.
 *
 * @example
 * ```ts
 * const { distances } = await (await createRandomDistance(backend)).compare(images, otherImages)
 * ```
 */
export async function createRandomDistance(backend: InferenceBackend): Promise<PerceptualDistance> {
  const head = (channels: number) =>
    ndarray('float32', [1, channels, 1, 1], new Float32Array(channels).fill(1 / randomSlices.length))
  return loadDistance(
    backend,
    {
      name: 'random-conv-distance',
      slices: randomSlices,
      kernelOf: randomKernels(randomSlices.flat(), 3, RANDOM_SEED),
      heads: randomSlices.map(([{ filters }]) => head(filters)),
    },
    { weights: { backbone: `seed ${RANDOM_SEED}`, heads: 'none' }, smallest: 1 },
  )
}

async function loadDistance(
  backend: InferenceBackend,
  parts: PerceptualParts,
  { weights, smallest }: Pick<PerceptualDistance, 'weights'> & { readonly smallest: number },
): Promise<PerceptualDistance> {
  const { name } = parts
  const session = await backend.load(encodeModel(createModel(buildPerceptualGraph(parts))))
  return {
    name,
    weights,
    async compare(left, right) {
      checkPair(name, left, right, smallest)
      const { distances, layers } = (await session.run({ left: signed(left), right: signed(right) })) as Record<
        string,
        NDArray<'float32'>
      >
      return { distances: distances!.data, layers: layers!.data, layerCount: parts.slices.length }
    },
    dispose: () => session.dispose(),
  }
}

/** x / 127.5 - 1 of bytes, in float32. */
function signed(images: Images): NDArray<'float32'> {
  if (images.dtype === 'float32') return images
  const data = Float32Array.from(images.data, (byte) => Math.fround(byte / 127.5) - 1)
  return ndarray('float32', images.shape, data)
}

function checkPair(owner: string, left: Images, right: Images, smallest: number): void {
  for (const images of [left, right]) checkImages(owner, images, ['uint8', 'float32'])
  const [leftShape, rightShape] = [left.shape.join(','), right.shape.join(',')]
  if (leftShape !== rightShape) {
    throw new ShapeError({
      code: 'IMAGES_DIFFER',
      message: `${owner} compares images one to one, but one side is [${leftShape}] and the other [${rightShape}].`,
      fix: 'Resize one side, and take equally many.',
    })
  }
  if (left.shape[1]! < smallest || left.shape[2]! < smallest) {
    throw new ShapeError({
      code: 'IMAGES_UNSUITABLE',
      message: `${owner} needs images of at least ${smallest} × ${smallest} but got ${left.shape[1]} × ${left.shape[2]}.`,
      fix: 'Enlarge them, or use another metric for images as small as these.',
    })
  }
}
