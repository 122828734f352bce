import '@tensorflow/tfjs-backend-cpu'
import { RandomStream } from '@gantry/core'
import { setBackend, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { GroupNormalization } from '../layers/group-normalization.ts'
import { InstanceNormalization } from '../layers/instance-normalization.ts'
import { ReflectionPadding2D } from '../layers/reflection-padding.ts'
import { buildVariant } from '../testing/fields.ts'
import { patchDiscriminator } from './patch-discriminator.ts'
import { residualTranslator } from './residual-translator.ts'
import { translationOptions } from './translation-options.ts'
import { unet } from './unet.ts'

beforeAll(() => setBackend('cpu'))

const options = { ...translationOptions.parse({ generatorWidth: 2, discriminatorWidth: 2 }), residualBlocks: 1 }
const images = (shape: readonly number[]): Tensor => {
  const numbers = new Float32Array(shape.reduce((product, length) => product * length))
  return tensor(new RandomStream(1, 'images').fillNormal(numbers), [...shape])
}
const numbersOf = (values: unknown) => [...(values as Tensor).dataSync()]

describe('the layers of translations', () => {
  it('normalize every channel of every image by itself, as groups of one channel do', () => {
    const given = images([2, 5, 3, 4])
    const [instance, group] = [new InstanceNormalization({}), new GroupNormalization({ groups: 4 })]
    const [own, other] = [numbersOf(instance.apply(given)), numbersOf(group.apply(given))]
    for (const [index, value] of own.entries()) expect(value).toBeCloseTo(other[index]!, 5)
  })

  it('mirror pixels at the border', () => {
    const padded = new ReflectionPadding2D({ padding: 2 }).apply(
      tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]),
    ) as Tensor
    expect(padded.shape).toEqual([1, 7, 7, 1])
    expect(numbersOf(padded).slice(14, 21)).toEqual([3, 2, 1, 2, 3, 2, 1])
  })
})

describe('generators', () => {
  it.each([
    ['unet', unet],
    ['residual', residualTranslator],
  ])('of kind %s keep the size, whatever it is', (_, make) => {
    const network = make({ options, source: [16, 16, 1], target: [16, 16, 3], seed: 1 })
    for (const [height, width] of [
      [16, 16],
      [32, 48],
    ]) {
      const made = tidy(() => network.apply({ source: images([2, height!, width!, 1]) }, { training: false }).target!)
      expect(made.shape).toEqual([2, height, width, 3])
      expect(Math.max(...numbersOf(made).map(Math.abs))).toBeLessThanOrEqual(1)
    }
    network.dispose()
  })

  it('have as many weights as the paper’s', () => {
    // The authors' code says 54.4 million for its U-Net of 256 pixels, 11.4 for nine residual blocks, with biases before normalization.
    const weights = (network: ReturnType<typeof unet>) =>
      Object.values(network.trainable).reduce((sum, { size }) => sum + size, 0)
    const paper = { ...options, generatorWidth: 64, residualBlocks: undefined }
    const shapes = { source: [256, 256, 3], target: [256, 256, 3], seed: 1 }
    const [u, residual] = [unet({ options: paper, ...shapes }), residualTranslator({ options: paper, ...shapes })]
    expect(weights(u) / 1e6).toBeCloseTo(54.41, 1)
    expect(weights(residual) / 1e6).toBeCloseTo(11.38, 1)
    u.dispose()
    residual.dispose()
  }, 60_000)

  it.each([
    ['pix2pix', [30, 30, 1], /halves its images at least twice, but 30×30/],
    ['cyclegan', [30, 30, 1], /but 30×30 pixels are no multiples of 4/],
    ['pix2pix', [16, 16, 1], /patches of 70 pixels needs images of 24 pixels a side, but these have 16×16/],
  ] as const)('of %s refuse what they cannot make: %j', (name, shape, message) => {
    expect(() => buildVariant(name, { shape, batchSize: 1 })).toThrow(message)
  })
})

describe('discriminators of patches', () => {
  it.each([
    [1, [12, 12]],
    [16, [4, 4]],
  ] as const)('of %i pixels see nothing beyond them', (receptiveField, grid) => {
    const own = { ...options, receptiveField, discriminatorNormalization: 'none' as const }
    const network = patchDiscriminator({ options: own, samples: [12, 12, 1], seed: 1 })
    const logits = (given: Tensor) => network.apply({ samples: given }, { training: false }).logits!
    const plain = images([1, 12, 12, 1])
    const before = logits(plain)
    expect(before.shape.slice(1, 3)).toEqual(grid)
    // A pixel in the corner is of the patches that it lies in, and of no others.
    const changed = plain.dataSync().slice()
    changed[143] = changed[143]! + 10
    const after = numbersOf(logits(tensor(changed, [1, 12, 12, 1])))
    const differing = numbersOf(before).filter((value, index) => value !== after[index]).length
    expect(differing).toBeGreaterThan(0)
    expect(differing).toBeLessThan(grid[0] * grid[1])
    network.dispose()
  })
})
