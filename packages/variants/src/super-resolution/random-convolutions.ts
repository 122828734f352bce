import { ndarray, RandomStream, sizeOfShape } from '@gantry/core'
import { type FrozenStep, frozenConvolutions } from './frozen-convolutions.ts'
import type { PerceptualNetwork } from './perceptual-network.ts'

const SEED = 2020

/** Maps of a quarter of the size, with more numbers than the image. */
const convolutions = [
  { convolution: 'convolution_1', filters: 16, stride: 1 },
  { convolution: 'convolution_2', filters: 32, stride: 2 },
  { convolution: 'convolution_3', filters: 32, stride: 1 },
  { convolution: 'convolution_4', filters: 64, stride: 2 },
] as const satisfies readonly (FrozenStep & { readonly filters: number })[]

/** Convolutions with random weights of a fixed seed: they need no file, and see texture, but not what is shown. */
export function randomConvolutions(activated: boolean): PerceptualNetwork {
  const channels = [3, ...convolutions.map(({ filters }) => filters)]
  const weights = convolutions.map(({ convolution, filters }, index) => {
    const random = new RandomStream(SEED, `perceptual/${convolution}`)
    const draw = (shape: readonly number[], bound: number) => {
      const numbers = Float32Array.from({ length: sizeOfShape(shape) }, () => (2 * random.uniform() - 1) * bound)
      return ndarray('float32', shape, numbers)
    }
    const inputs = channels[index]!
    // Uniform draws are exact on every machine, and this bound keeps the variance from layer to layer (He et al. 2015).
    const kernel = draw([3, 3, inputs, filters], Math.sqrt(6 / (9 * inputs)))
    return [convolution, { kernel, bias: draw([filters], 0.1) }] as const
  })
  const identity = `random-conv of seed ${SEED}`
  return frozenConvolutions({ steps: convolutions, weights: new Map(weights), identity, activated })
}
