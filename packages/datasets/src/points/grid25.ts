import type { DatasetDefinition } from '../dataset-definition.ts'
import { drawMixture, type GaussianMixture } from './gaussian-mixture.ts'
import { pointDataset } from './point-dataset.ts'

/** Modes at (-4 + 2i, -4 + 2j), mode 5i + j, with standard deviation 0.05. */
export const grid25Mixture: GaussianMixture = {
  centres: Array.from({ length: 25 }, (_, mode) => [2 * Math.floor(mode / 5) - 4, 2 * (mode % 5) - 4] as const),
  standardDeviation: 0.05,
}

/** The grid of VEEGAN, with the numbers that PacGAN writes down (section 4.1); not divided by √8 as in WGAN-GP's code. */
export const grid25: DatasetDefinition = {
  name: 'grid25',
  description: '25 Gaussians on a 5×5 grid of spacing 2 (standard deviation 0.05), labelled by mode',
  gives: ['points', 'label'],
  source:
    'procedural, after Srivastava et al., VEEGAN, NeurIPS 2017, with the constants of Lin et al., PacGAN, NeurIPS 2018',
  licence: 'MIT',
  options: [],
  open: async () => pointDataset(grid25, drawMixture('datasets/grid25', grid25Mixture)),
}
