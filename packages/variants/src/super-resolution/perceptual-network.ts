import { ConfigurationError } from '@gantry/core'
import { type Tensor, tile, type Variable } from '@tensorflow/tfjs-core'
import type { BroughtWeights } from '../variant-definition.ts'
import { randomConvolutions } from './random-convolutions.ts'
import type { SuperResolutionOptions } from './super-resolution-options.ts'
import { vgg19 } from './vgg19.ts'

/** What a content loss compares images by. Nothing moves its weights. */
export interface PerceptualNetwork {
  /** Maps [batch, rows, columns, channels] of images [batch, height, width, channels]. */
  features(images: Tensor): Tensor
  /** Its weights as state, by full name. */
  readonly variables: Readonly<Record<string, Variable>>
  /** As models tell it: beginnings of the names of its weights, with what identifies them. */
  readonly frozen: Readonly<Record<string, string>>
  dispose(): void
}

export interface PerceptualRequest {
  readonly network: SuperResolutionOptions['perceptual']
  /** Of the images: [height, width, channels]. */
  readonly shape: readonly number[]
  /** Whether features are taken after their activation, as in SRGAN; before it they say more (Wang et al. 2018, section 3.2). */
  readonly activated: boolean
  /** Those that somebody has brought, by name. */
  readonly weights?: Readonly<Record<string, BroughtWeights>> | undefined
}

/** The pixels themselves. */
const pixels: PerceptualNetwork = { features: (images) => images, variables: {}, frozen: {}, dispose: () => {} }

/**
 * The frozen network of a content loss.
 *
 * @throws ConfigurationError `CHANNELS_IMPOSSIBLE` for images that are neither grey nor RGB; `WEIGHTS_MISSING`, `SIZE_IMPOSSIBLE`
 */
export function perceptualNetwork({ network, shape, activated, weights }: PerceptualRequest): PerceptualNetwork {
  if (network === 'none') return pixels
  const channels = shape[2]!
  if (channels !== 1 && channels !== 3) {
    throw new ConfigurationError({
      code: 'CHANNELS_IMPOSSIBLE',
      message: `The perceptual network '${network}' looks at grey or RGB images, but these have ${channels} channels.`,
      fix: 'Set perceptual to none, which compares pixels.',
    })
  }
  const own = network === 'vgg19' ? vgg19(weights?.vgg19, activated, shape) : randomConvolutions(activated)
  if (channels === 3) return own
  return { ...own, features: (images) => own.features(tile(images, [1, 1, 1, 3])) }
}
