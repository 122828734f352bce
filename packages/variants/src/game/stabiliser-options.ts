import { z } from 'zod'
import { augmentationPolicies } from '../augmentation/differentiable.ts'

const weight = z.number().min(0).max(1e6).default(0)

/** What keeps a game in balance: noise, penalties, augmentation. */
export const stabiliserOptions = z.strictObject({
  instanceNoise: z
    .number()
    .min(0)
    .default(0)
    .describe('standard deviation of noise on all samples that the discriminator sees (Sønderby et al. 2017)'),
  instanceNoiseDecaySteps: z
    .number()
    .int()
    .min(1)
    .max(1e9)
    .optional()
    .describe('updates over which the instance noise falls to nothing'),
  gradientPenalty: weight.describe('weight of (‖∇D‖ - 1)² (Gulrajani et al. 2017)'),
  gradientPenaltyAt: z
    .enum(['interpolated', 'perturbed'])
    .default('interpolated')
    .describe('where that is taken: between real and generated samples, or around real ones (Kodali et al. 2017)'),
  r1: weight.describe('γ of ½γ‖∇D‖² at real samples (Mescheder et al. 2018)'),
  r2: weight.describe('γ of ½γ‖∇D‖² at generated samples'),
  drift: weight.describe(
    'ε of ε·E[D(x)²] at real samples, which keeps the logits of a critic near zero (Karras et al. 2018, appendix A.1)',
  ),
  penaltyEvery: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(1)
    .describe(
      'steps from one gradient penalty to the next, with as much more weight (Karras et al. 2020, section 3.1)',
    ),
  featureMatching: weight.describe(
    'weight of the distance between mean features of real and generated samples, for the generator (Salimans et al. 2016)',
  ),
  historicalAveraging: weight.describe(
    'weight of the distance of all weights from their average (Salimans et al. 2016)',
  ),
  orthogonalRegularization: weight.describe(
    "weight of the generator kernels' deviation from orthogonality (Brock et al. 2019)",
  ),
  augment: z
    .array(z.enum(augmentationPolicies))
    .default([])
    .describe(
      'differentiable augmentation of all samples that the discriminator sees: color, translation and cutout (Zhao et al. 2020); those that begin with ada (Karras et al. 2020, Training GANs with Limited Data, appendix B), or several of them by a letter each: blit and geometry, colour, filter, noise, cutout',
    ),
  augmentProbability: z.number().min(0).max(1).default(1).describe('share of samples that are augmented, at the start'),
  adaptiveAugmentTarget: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('adapt that share until E sign(D(real)) is this (Karras et al. 2020, Training GANs with Limited Data)'),
  adaptiveAugmentEvery: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(1)
    .describe('batches whose signs are averaged before that share moves'),
  adaptiveAugmentImages: z
    .number()
    .min(1)
    .max(1e9)
    .default(500_000)
    .describe('images over which that share can go from 0 to 1'),
  packing: z
    .number()
    .int()
    .min(1)
    .max(16)
    .default(1)
    .describe('samples of one kind that the discriminator sees side by side (PacGAN, Lin et al. 2018)'),
})
