import type { DatasetDefinition } from '../dataset-definition.ts'
import { drawMixture, type GaussianMixture } from './gaussian-mixture.ts'
import { pointDataset } from './point-dataset.ts'

/** Eight modes on a circle of radius 2, counter-clockwise from (2, 0), with standard deviation 0.02. */
export const ring8Mixture: GaussianMixture = {
  centres: Array.from({ length: 8 }, (_, mode) => {
    const angle = (2 * Math.PI * mode) / 8
    return [2 * Math.cos(angle), 2 * Math.sin(angle)] as const
  }),
  standardDeviation: 0.02,
}

/** The ring of eight Gaussians, where mode collapse was first made visible; not divided by √2 as in WGAN-GP's code. */
export const ring8: DatasetDefinition = {
  name: 'ring8',
  description: '8 Gaussians on a circle of radius 2 (standard deviation 0.02), labelled by mode',
  gives: ['points', 'label'],
  source: 'procedural, after Metz et al., Unrolled Generative Adversarial Networks, ICLR 2017',
  licence: 'MIT',
  options: [],
  open: async () => pointDataset(ring8, drawMixture('datasets/ring8', ring8Mixture)),
}
