/** The first case: one training step of the DCGAN in TensorFlow's tutorial, on 28×28 grey images. */
export const BATCH_SIZE = 64
export const LATENT_SIZE = 100
export const LEARNING_RATE = 1e-4

/** Multiply-adds of one image through each layer, forward. Products with padding are counted like all others. */
const generator = {
  dense: LATENT_SIZE * (7 * 7 * 256),
  up1: 7 * 7 * (5 * 5) * 256 * 128,
  up2: 7 * 7 * (5 * 5) * 128 * 64,
  up3: 14 * 14 * (5 * 5) * 64 * 1,
}
const discriminator = {
  down1: 14 * 14 * (5 * 5) * 1 * 64,
  down2: 7 * 7 * (5 * 5) * 64 * 128,
  dense: 7 * 7 * 128,
}

const sum = (layers: Readonly<Record<string, number>>) => Object.values(layers).reduce((total, each) => total + each, 0)

/**
 * Floating point operations of the matrix products and convolutions of one step (a multiply-add is two). Both losses come
 * from one forward pass of each network; element-wise work, batch norm and Adam are left out.
 *
 * A gradient by a layer's weights, and one by its input, each cost as much as the layer's forward pass:
 * - generator: forward, gradients by all weights, and by all inputs but the latents;
 * - discriminator, on real and on generated images: forward; for its own loss the gradients by all weights, and by all
 *   inputs but the images;
 * - discriminator, on generated images, for the generator's loss: the gradients by all inputs.
 */
export function flopsOfStep(batchSize: number): number {
  const { dense } = generator
  const { down1 } = discriminator
  const ofGenerator = 3 * sum(generator) - dense
  const ofDiscriminator = 2 * (3 * sum(discriminator) - down1) + sum(discriminator)
  return 2 * batchSize * (ofGenerator + ofDiscriminator)
}

/**
 * Numbers in [-limit, limit) that every engine can make for itself, Python included: all start from the same weights and
 * see the same batch, so that their losses can be compared.
 */
export function sharedNumbers(size: number, limit: number): Float32Array<ArrayBuffer> {
  const numbers = new Float32Array(size)
  for (let index = 0; index < size; index++) {
    const value = Math.sin(index + 1) * 43758.5453
    numbers[index] = limit * (2 * (value - Math.floor(value)) - 1)
  }
  return numbers
}

/** Limit of a uniform distribution for weights with so many inputs (Glorot and Bengio 2010, by fan-in and fan-out). */
export const glorotLimit = (fanIn: number, fanOut: number): number => Math.sqrt(6 / (fanIn + fanOut))
