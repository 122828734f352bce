import { ConfigurationError } from '@gantry/core'
import {
  add,
  argMax,
  concat,
  div,
  erf,
  losses,
  mean,
  mul,
  oneHot,
  type Scalar,
  slice,
  square,
  sub,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { adversarialVariant } from '../adversarial-variant.ts'
import type { GameExtension, Judged } from '../game/extension.ts'
import { pointsPresets, steadyPresets } from '../good-presets.ts'
import { imagesOrPoints } from '../slots.ts'

interface Codes {
  /** Values of the categorical code. */
  readonly categories: number
  /** Continuous codes, uniform in [-1, 1]. */
  readonly continuous: number
  readonly weight: number
}

const columns = (matrix: Tensor, from: number, count: number) => slice(matrix, [0, from], [matrix.shape[0]!, count])

/**
 * Codes out of standard normal noise, so that a latent vector is one vector like any other: the place of the largest of k
 * independent normals is uniform over k categories, and erf(z/√2) of one is uniform in [-1, 1].
 */
function codesIn(latent: Tensor, { categories, continuous }: Codes): Tensor {
  const rest = latent.shape[1]! - categories - continuous
  const category = oneHot(argMax(columns(latent, 0, categories), 1) as never, categories, 1, 0, 'float32')
  const uniform = erf(div(columns(latent, categories, continuous), Math.SQRT2))
  return concat([category, uniform, columns(latent, categories + continuous, rest)], 1)
}

/** -L_I: how badly the codes can be told from the sample, for Q categorical and Gaussian with unit variance. */
function codeLoss({ judgement, latent }: Judged, { categories, continuous, weight }: Codes): Scalar {
  const category = losses.softmaxCrossEntropy(columns(latent!, 0, categories), judgement.heads.categories!)
  if (continuous === 0) return mul(category, weight)
  const distance = square(sub(judgement.heads.continuous!, columns(latent!, categories, continuous)))
  return mul(add(category, mul(mean(sum(distance, 1)), 0.5)), weight)
}

function information(codes: Codes): GameExtension {
  return {
    heads: { categories: codes.categories, ...(codes.continuous > 0 && { continuous: codes.continuous }) },
    latent: (latent) => codesIn(latent, codes),
    discriminator: (_real, fake) => ({ codeLoss: codeLoss(fake, codes) }),
    generator: (fake) => ({ generatorCodeLoss: codeLoss(fake, codes) }),
  }
}

/** InfoGAN (Chen et al. 2016, equation 6): some of the noise must be readable from the sample. */
export const infogan = adversarialVariant({
  name: 'infogan',
  title: 'InfoGAN',
  description: 'part of the noise can be read back from the sample',
  paper: {
    authors: 'Chen et al.',
    title: 'InfoGAN: Interpretable Representation Learning by Information Maximizing Generative Adversarial Nets',
    year: 2016,
    url: 'https://arxiv.org/abs/1606.03657',
  },
  needs: { samples: imagesOrPoints },
  // Appendix C.1 (MNIST): one categorical code of 10, two continuous ones, 62 numbers of noise, λ = 1; D 2e-4, G 1e-3.
  defaults: { latentSize: 74, learningRate: 1e-3, discriminatorLearningRate: 2e-4 },
  presets: [
    ...steadyPresets({ mnist: 0.57, 'fashion-mnist': 0.16, emoji: 1.2 }, { discriminatorLearningRate: 1e-3 }),
    ...pointsPresets({ latentSize: 14, discriminatorLearningRate: 1e-3 }),
  ],
  extra: {
    categories: z.number().int().min(2).max(1000).default(10).describe('values of the categorical code'),
    continuousCodes: z.number().int().min(0).max(100).default(2).describe('number of continuous codes in [-1, 1]'),
    codeWeight: z.number().min(0).max(1000).default(1).describe('λ: weight of the mutual information'),
  },
  extend: ({ categories, continuousCodes, codeWeight, latentSize }) => {
    if (categories + continuousCodes > latentSize) {
      throw new ConfigurationError({
        code: 'OPTIONS_CONFLICT',
        message: `infogan: ${categories} categories and ${continuousCodes} continuousCodes do not fit into latentSize ${latentSize}.`,
        fix: `Set latentSize to at least ${categories + continuousCodes}.`,
      })
    }
    return information({ categories, continuous: continuousCodes, weight: codeWeight })
  },
})
