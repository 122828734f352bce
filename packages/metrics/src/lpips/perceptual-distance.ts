import { type InferenceBackend, type NDArray, ndarray, ShapeError } from '@gantry/core'
import { createModel, encodeModel } from '@gantry/onnx'
import { checkImages } from '../extractors/image-input.ts'
import type { ImageBatch } from '../features.ts'
import type { NetworkWeights } from '../weights/weights-for.ts'
import { type PerceptualNetwork, perceptualNetworks } from './networks.ts'
import { buildPerceptualGraph } from './perceptual-graph.ts'

/** The smallest image that no network shrinks to nothing. */
const SMALLEST = 32

type Images = ImageBatch | NDArray<'float32'>

/** Distances of pairs of images. */
export interface PairDistances {
  /** One LPIPS a pair. */
  readonly distances: Float32Array
  /** Row-major [pairs, layers]: what each layer adds. */
  readonly layers: Float32Array
  readonly layerCount: number
}

/** LPIPS with a loaded network. */
export interface PerceptualDistance {
  readonly name: string
  /** SHA-256 of the files of backbone and heads. */
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
  const graph = buildPerceptualGraph(network, backbone.tensors, heads.tensors)
  const session = await backend.load(encodeModel(createModel(graph)))
  return {
    name: `lpips-${network}`,
    weights: { backbone: backbone.sha256, heads: heads.sha256 },
    async compare(left, right) {
      checkPair(`lpips-${network}`, left, right)
      const { distances, layers } = (await session.run({ left: signed(left), right: signed(right) })) as Record<
        string,
        NDArray<'float32'>
      >
      return { distances: distances!.data, layers: layers!.data, layerCount: perceptualNetworks[network].length }
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

function checkPair(owner: string, left: Images, right: Images): void {
  for (const images of [left, right]) checkImages(owner, images, ['uint8', 'float32'])
  const [leftShape, rightShape] = [left.shape.join(','), right.shape.join(',')]
  if (leftShape !== rightShape) {
    throw new ShapeError({
      code: 'IMAGES_DIFFER',
      message: `${owner} compares images one to one, but one side is [${leftShape}] and the other [${rightShape}].`,
      fix: 'Resize one side, and take equally many.',
    })
  }
  if (left.shape[1]! < SMALLEST || left.shape[2]! < SMALLEST) {
    throw new ShapeError({
      code: 'IMAGES_UNSUITABLE',
      message: `${owner} needs images of at least ${SMALLEST} × ${SMALLEST} but got ${left.shape[1]} × ${left.shape[2]}.`,
      fix: 'Enlarge them, or use another metric for images as small as these.',
    })
  }
}
