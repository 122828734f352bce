import { input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { PackSamples } from '../layers/pack-samples.ts'
import type { Ends } from '../network.ts'
import type { ArchitectureRequest } from './architecture.ts'
import { applied, type BlockStyle, Blocks } from './blocks.ts'
import { hasOffset } from './normalization.ts'

/** The stem of a network: its inputs, and what its first layer is given. */
export interface Stem {
  readonly blocks: Blocks
  readonly inputs: Ends
  readonly first: SymbolicTensor
}

export interface DiscriminatorStem extends Stem {
  /** One-hot labels for a projection at the end. */
  readonly projected: SymbolicTensor | undefined
}

/**
 * The generator's noise, with the label in it: [batch, latentSize + …].
 *
 * `concatenation`: the one-hot label beside z (Mirza & Osindero 2014). `embedding`: a learned vector of z's length beside z.
 * `projection` is a method for discriminators; its authors' generators have conditional normalization (Miyato & Koyama 2018,
 * section 6), and so have these where the normalization has scales: {@link ClassScale}. Others get the embedding.
 */
export function generatorStem(request: ArchitectureRequest, style: BlockStyle): Stem {
  const { options, latentSize, classes } = request
  const latent = input({ shape: [latentSize] })
  if (classes === undefined) {
    return { blocks: new Blocks('generator', style, request), inputs: { latent }, first: latent }
  }
  const labels = input({ shape: [classes] })
  const inputs = { latent, labels }
  if (options.conditioning === 'projection' && hasOffset(options.generatorNormalization)) {
    return { blocks: new Blocks('generator', style, request, labels), inputs, first: latent }
  }
  const blocks = new Blocks('generator', style, request)
  const condition = options.conditioning === 'concatenation' ? labels : blocks.embedding(labels, latentSize)
  return { blocks, inputs, first: concatenated(latent, condition) }
}

/**
 * The discriminator's samples, with the label in them, and packed (see {@link PackSamples}).
 *
 * `concatenation`: beside vectors, the one-hot label; of maps, a constant channel for each class. `embedding`: beside vectors, a
 * learned vector of `hiddenUnits` numbers; of maps, one channel with a learned number for each pixel (Denton et al. 2015).
 * `projection`: nothing here, see {@link discriminatorOutputs}; the labels are packed as the samples are.
 *
 * @param shape as which the samples are seen: [height, width, channels] of a map, [width] of a vector
 */
export function discriminatorStem(
  request: ArchitectureRequest,
  style: BlockStyle,
  shape: readonly number[] = request.samples.shape,
): DiscriminatorStem {
  const { options, classes, packing = 1 } = request
  const blocks = new Blocks('discriminator', style, request)
  const pack = (value: SymbolicTensor) => (packing === 1 ? value : applied(new PackSamples({ packing }), value))
  const samples = input({ shape: [...request.samples.shape] })
  const reshaped =
    shape.length === request.samples.shape.length
      ? samples
      : applied(layers.reshape({ targetShape: [...shape] }), samples)
  if (classes === undefined) return { blocks, inputs: { samples }, first: pack(reshaped), projected: undefined }
  const labels = input({ shape: [classes] })
  const inputs = { samples, labels }
  if (options.conditioning === 'projection') return { blocks, inputs, first: pack(reshaped), projected: pack(labels) }
  const condition =
    options.conditioning === 'concatenation'
      ? repeated(labels, shape)
      : embedded(blocks, labels, shape, options.hiddenUnits)
  return { blocks, inputs, first: pack(concatenated(reshaped, condition)), projected: undefined }
}

/** The one-hot label at every pixel of a map; as it is beside a vector. */
function repeated(labels: SymbolicTensor, shape: readonly number[]): SymbolicTensor {
  if (shape.length === 1) return labels
  const [height, width] = shape as [number, number]
  const copies = applied(layers.repeatVector({ n: height * width }), labels)
  return applied(layers.reshape({ targetShape: [height, width, labels.shape[1]!] }), copies)
}

function embedded(blocks: Blocks, labels: SymbolicTensor, shape: readonly number[], units: number): SymbolicTensor {
  if (shape.length === 1) return blocks.embedding(labels, units)
  const [height, width] = shape as [number, number]
  return applied(layers.reshape({ targetShape: [height, width, 1] }), blocks.embedding(labels, height * width))
}

function concatenated(left: SymbolicTensor, right: SymbolicTensor): SymbolicTensor {
  return applied(layers.concatenate({ axis: -1 }), [left, right])
}
