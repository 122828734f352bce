import { ConfigurationError, RandomStream, sizeOfShape } from '@gantry/core'
import {
  add,
  conv2d,
  relu,
  type Tensor,
  type Tensor4D,
  tensor,
  tidy,
  tile,
  type Variable,
  variable,
} from '@tensorflow/tfjs-core'
import type { SuperResolutionOptions } from './super-resolution-options.ts'

/** What a content loss compares images by. Nothing moves its weights. */
export interface PerceptualNetwork {
  /** Maps [batch, rows, columns, channels] of images [batch, height, width, 1 or 3]. */
  features(images: Tensor): Tensor
  /** Its weights as state, by full name. */
  readonly variables: Readonly<Record<string, Variable>>
  /** As models tell it: beginnings of the names of its weights, with what identifies them. */
  readonly frozen: Readonly<Record<string, string>>
  dispose(): void
}

export interface PerceptualRequest {
  readonly network: SuperResolutionOptions['perceptual']
  /** Of the images. */
  readonly channels: number
  /** Whether features are taken after their activation, as in SRGAN; before it they say more (Wang et al. 2018, section 3.2). */
  readonly activated: boolean
}

/** Of all state of perceptual networks. */
const PREFIX = 'perceptual'

/** A convolution of 3×3. */
interface Convolution {
  readonly name: string
  readonly filters: number
  readonly stride: 1 | 2
}

/** Maps of a quarter of the size, with more numbers than the image. */
const randomConvolutions: readonly Convolution[] = [
  { name: 'convolution_1', filters: 16, stride: 1 },
  { name: 'convolution_2', filters: 32, stride: 2 },
  { name: 'convolution_3', filters: 32, stride: 1 },
  { name: 'convolution_4', filters: 64, stride: 2 },
]

const SEED = 2020

/** The pixels themselves. */
const pixels: PerceptualNetwork = { features: (images) => images, variables: {}, frozen: {}, dispose: () => {} }

/**
 * The frozen network of a content loss.
 *
 * @throws ConfigurationError `CHANNELS_IMPOSSIBLE` for images that are neither grey nor RGB
 */
export function perceptualNetwork({ network, channels, activated }: PerceptualRequest): PerceptualNetwork {
  if (network === 'none') return pixels
  if (channels !== 1 && channels !== 3) {
    throw new ConfigurationError({
      code: 'CHANNELS_IMPOSSIBLE',
      message: `The perceptual network '${network}' looks at grey or RGB images, but these have ${channels} channels.`,
      fix: 'Set perceptual to none, which compares pixels.',
    })
  }
  const variables = randomWeights(randomConvolutions)
  return {
    variables,
    frozen: { [`${PREFIX}/`]: `random-conv of seed ${SEED}` },
    features: (images) => {
      let maps = channels === 1 ? tile(images, [1, 1, 1, 3]) : images
      for (const [index, { name, stride }] of randomConvolutions.entries()) {
        const isLast = index === randomConvolutions.length - 1
        const [kernel, bias] = [variables[`${PREFIX}/${name}/kernel`], variables[`${PREFIX}/${name}/bias`]]
        maps = add(conv2d(maps as Tensor4D, kernel as never, stride, 'same'), bias!)
        if (!isLast || activated) maps = relu(maps)
      }
      return maps
    },
    dispose: () => {
      for (const own of Object.values(variables)) own.dispose()
    },
  }
}

/** Uniform draws are exact on every machine, and this bound keeps the variance from layer to layer (He et al. 2015). */
function randomWeights(convolutions: readonly Convolution[]): Record<string, Variable> {
  const weights: Record<string, Variable> = {}
  let inputs = 3
  for (const { name, filters } of convolutions) {
    const random = new RandomStream(SEED, `${PREFIX}/${name}`)
    const draw = (shape: readonly number[], bound: number) => {
      const numbers = Float32Array.from({ length: sizeOfShape(shape) }, () => (2 * random.uniform() - 1) * bound)
      return tidy(() => variable(tensor(numbers, [...shape]), false))
    }
    weights[`${PREFIX}/${name}/kernel`] = draw([3, 3, inputs, filters], Math.sqrt(6 / (9 * inputs)))
    weights[`${PREFIX}/${name}/bias`] = draw([filters], 0.1)
    inputs = filters
  }
  return weights
}
