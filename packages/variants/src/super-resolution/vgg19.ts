import { ConfigurationError, type NDArray, permuteAxes } from '@gantry/core'
import { div, mul, sub, type Tensor, tensor } from '@tensorflow/tfjs-core'
import type { BroughtWeights } from '../variant-definition.ts'
import { type FrozenStep, frozenConvolutions } from './frozen-convolutions.ts'
import type { PerceptualNetwork } from './perceptual-network.ts'

/** Numbers of the convolutions of each block among torchvision's `features`; a maximum is taken between blocks. */
const BLOCKS = [
  [0, 2],
  [5, 7],
  [10, 12, 14, 16],
  [19, 21, 23, 25],
  [28, 30, 32, 34],
] as const

/** Mean and standard deviation of ImageNet's channels, of pixels from 0 to 1. */
const [MEAN, DEVIATION] = [
  [0.485, 0.456, 0.406],
  [0.229, 0.224, 0.225],
] as const

/** By this SRGAN divides features, so that their distances are about as large as those of pixels (Ledig et al. 2017, section 3.2). */
const SCALE = 12.75

const nameOf = (number: number) => `features.${number}`

/** The images must not vanish in the four halvings. */
const SMALLEST = 16

/**
 * VGG-19 (Simonyan and Zisserman 2015) to the fourth convolution of its fifth block: φ₅,₄ of SRGAN, after its activation and divided by
 * 12.75, and what ESRGAN compares, before it.
 *
 * @param weights torchvision's `features.N.weight` [filters, inputs, 3, 3] and `features.N.bias`
 * @param size of the images: [height, width]
 * @throws ConfigurationError `WEIGHTS_MISSING`; `SIZE_IMPOSSIBLE` for images below 16 pixels
 */
export function vgg19(
  weights: BroughtWeights | undefined,
  activated: boolean,
  [height = 0, width = 0]: readonly number[],
): PerceptualNetwork {
  if (weights === undefined) throw missing()
  if (Math.min(height, width) < SMALLEST) {
    throw new ConfigurationError({
      code: 'SIZE_IMPOSSIBLE',
      message: `VGG-19 halves its images four times, but ${height}×${width} pixels are below ${SMALLEST}.`,
      fix: `Use --size ${SMALLEST} or more, or another perceptual network.`,
    })
  }
  const tensorOf = (name: string): NDArray => weights.tensors.get(name) ?? missingTensor(name)
  const numbers = BLOCKS.flat()
  const network = frozenConvolutions({
    steps: BLOCKS.flatMap((block, index): FrozenStep[] => [
      ...(index === 0 ? [] : (['pool'] as const)),
      ...block.map((number) => ({ convolution: nameOf(number), stride: 1 }) as const),
    ]),
    weights: new Map(
      numbers.map((number) => [
        nameOf(number),
        {
          kernel: permuteAxes(tensorOf(`${nameOf(number)}.weight`), [2, 3, 1, 0]),
          bias: tensorOf(`${nameOf(number)}.bias`),
        },
      ]),
    ),
    identity: weights.sha256,
    activated,
    prepare: (images: Tensor) => {
      // (x + 1)/2 of images in [-1, 1].
      const center = tensor(MEAN.map((mean) => 2 * mean - 1))
      return div(sub(images, center), tensor(DEVIATION.map((deviation) => 2 * deviation)))
    },
  })
  if (!activated) return network
  return { ...network, features: (images) => mul(network.features(images), 1 / SCALE) }
}

function missing(): ConfigurationError {
  return new ConfigurationError({
    code: 'WEIGHTS_MISSING',
    message: "The perceptual network 'vgg19' needs weights that are not here.",
    fix: "Bring them with 'gantry weights add vgg19 FILE', or set perceptual to random-conv, which needs none.",
  })
}

function missingTensor(name: string): never {
  throw new ConfigurationError({
    code: 'WEIGHTS_MISSING',
    message: `The weights of the perceptual network 'vgg19' lack '${name}'.`,
    fix: 'Bring those of torchvision.',
  })
}
