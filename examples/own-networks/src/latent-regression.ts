import { adversarialVariant, type Judged } from '@gantry/variants'
import { mean, mul, type Scalar, square, sub, sum } from '@tensorflow/tfjs-core'
import { z } from 'zod'

/** λ·E ‖z - Q(G(z))‖²: the discriminator's features must tell the noise that a sample was made from. */
function latentLoss({ judgement, latent }: Judged, weight: number): Scalar {
  return mul(mean(sum(square(sub(judgement.heads.latent!, latent!)), 1)), weight)
}

/** A least-squares GAN that keeps its noise readable. */
export const latentRegression = adversarialVariant({
  name: 'latent-regression',
  title: 'LR-GAN',
  description: 'the discriminator reads the noise back from the sample',
  paper: { authors: 'you', title: 'your paper', year: 2026, url: 'https://example.org' },
  needs: { samples: { modalities: ['image', 'points'] } },
  fixed: { loss: 'least-squares' },
  defaults: { latentSize: 4, learningRate: 1e-3, discriminatorNormalization: 'none' },
  extra: { latentWeight: z.number().min(0).default(0.1).describe('λ: weight of the distance of latent vectors') },
  extend: ({ latentSize, latentWeight }) => ({
    heads: { latent: latentSize },
    discriminator: (_real, fake) => ({ latentLoss: latentLoss(fake, latentWeight) }),
    generator: (fake) => ({ generatorLatentLoss: latentLoss(fake, latentWeight) }),
  }),
})
