import { z } from 'zod'
import { architectureOptions } from '../architectures/architecture-options.ts'

const weight = z.number().min(0).max(1e6).default(0)
const interval = z.number().int().min(1).max(1000).default(1)
const steps = z.number().int().min(1).max(1e9)

/** Options of a game between a generator and a discriminator. Every variant has them, with its own defaults. */
export const gameOptions = architectureOptions.extend({
  loss: z
    .enum(['non-saturating', 'minimax', 'least-squares', 'wasserstein', 'hinge'])
    .default('non-saturating')
    .describe('what the players minimise, as functions of the logits'),
  relativistic: z
    .boolean()
    .default(false)
    .describe('judge every sample against the average of the other kind (Jolicoeur-Martineau 2019)'),
  realLabel: z
    .number()
    .gt(0.5)
    .max(1)
    .default(1)
    .describe('target of real samples; below 1 is one-sided label smoothing (Salimans et al. 2016)'),
  flipLabels: z
    .number()
    .min(0)
    .max(0.5)
    .default(0)
    .describe('share of samples that the discriminator sees with the wrong label'),

  update: z
    .enum(['alternating', 'simultaneous'])
    .default('alternating')
    .describe(
      'the generator answers the updated discriminator, or both move at once, which is faster: one forward pass of both networks serves both',
    ),
  judgeTogether: z
    .boolean()
    .default(true)
    .describe(
      'judge real and generated samples as one batch, which is faster, in alternating updates of a discriminator that treats every sample on its own (no batch or spectral normalization, no comparison of samples)',
    ),
  criticSteps: z.number().int().min(1).max(100).default(1).describe('discriminator updates for one of the generator'),
  gradientAccumulation: interval.describe(
    'batches whose gradients are averaged before the networks move, all at once: a batch that many times as large, in the memory of one',
  ),
  optimizer: z.enum(['adam', 'rmsprop', 'sgd']).default('adam').describe('optimizer of both networks'),
  learningRate: z.number().positive().max(10).default(2e-4).describe('step size of both optimizers'),
  discriminatorLearningRate: z
    .number()
    .positive()
    .max(10)
    .optional()
    .describe('step size of the discriminator alone (two time scales, Heusel et al. 2017)'),
  beta1: z.number().min(0).lt(1).default(0.5).describe('decay of the first moment (adam)'),
  beta2: z.number().min(0).lt(1).default(0.999).describe('decay of the second moment (adam), of the squares (rmsprop)'),
  learningRateSchedule: z
    .enum(['constant', 'linear', 'cosine', 'exponential'])
    .default('constant')
    .describe('how both step sizes fall'),
  learningRateDecaySteps: steps.default(10_000).describe('updates after which the step size stops falling'),
  learningRateFinalShare: z.number().gt(0).max(1).default(0.01).describe('share of the step size that is left then'),
  gradientClipNorm: z.number().positive().optional().describe("largest norm of a network's gradients together"),
  weightClip: z
    .number()
    .positive()
    .optional()
    .describe("largest absolute value of the discriminator's weights (Arjovsky et al. 2017)"),
  emaDecay: z.number().min(0).lt(1).default(0.999).describe('decay of the moving average of the generator'),
  emaRampUp: z.boolean().default(true).describe('let the moving average follow faster during the first updates'),

  instanceNoise: z
    .number()
    .min(0)
    .default(0)
    .describe('standard deviation of noise on all samples that the discriminator sees (Sønderby et al. 2017)'),
  instanceNoiseDecaySteps: steps.optional().describe('updates over which the instance noise falls to nothing'),
  gradientPenalty: weight.describe('weight of (‖∇D‖ - 1)² (Gulrajani et al. 2017)'),
  gradientPenaltyAt: z
    .enum(['interpolated', 'perturbed'])
    .default('interpolated')
    .describe('where that is taken: between real and generated samples, or around real ones (Kodali et al. 2017)'),
  r1: weight.describe('γ of ½γ‖∇D‖² at real samples (Mescheder et al. 2018)'),
  r2: weight.describe('γ of ½γ‖∇D‖² at generated samples'),
  penaltyEvery: interval.describe(
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
    .array(z.enum(['color', 'translation', 'cutout']))
    .default([])
    .describe('differentiable augmentation of all samples that the discriminator sees (Zhao et al. 2020)'),
  augmentProbability: z.number().min(0).max(1).default(1).describe('share of samples that are augmented, at the start'),
  adaptiveAugmentTarget: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('adapt that share until E sign(D(real)) is this (Karras et al. 2020, Training GANs with Limited Data)'),
  packing: z
    .number()
    .int()
    .min(1)
    .max(16)
    .default(1)
    .describe('samples of one kind that the discriminator sees side by side (PacGAN, Lin et al. 2018)'),
})

export type GameOptions = z.infer<typeof gameOptions>
