import { RandomStream } from '@gantry/core'
import type { DatasetDefinition } from '../dataset-definition.ts'
import { POINT_COUNT, type PointCloud, pointSeed } from './point-cloud.ts'
import { pointDataset } from './point-dataset.ts'

/** Added along each axis, before the scaling. */
const NOISE = 0.25

/** Brings the roll, whose radius ends at 4.5π, into a circle of radius 1.9. */
const SCALE = 7.5

/** The swiss roll of Improved WGAN: scikit-learn's `make_swiss_roll(noise=0.25)`, its axes 0 and 2, divided by 7.5. */
export const swissroll: DatasetDefinition = {
  name: 'swissroll',
  description: 'A spiral of 1.5 turns within radius 2, unlabelled',
  gives: ['points'],
  source: 'procedural, after Gulrajani et al., Improved Training of Wasserstein GANs, NeurIPS 2017',
  licence: 'MIT',
  options: [],
  open: async () => pointDataset(swissroll, drawRoll()),
}

function drawRoll(): PointCloud {
  const points = new RandomStream(pointSeed, 'datasets/swissroll/noise').fillNormal(new Float32Array(2 * POINT_COUNT))
  const random = new RandomStream(pointSeed, 'datasets/swissroll/angle')
  for (let index = 0; index < POINT_COUNT; index++) {
    const angle = 1.5 * Math.PI * (1 + 2 * random.uniform())
    points[2 * index] = (angle * Math.cos(angle) + NOISE * points[2 * index]!) / SCALE
    points[2 * index + 1] = (angle * Math.sin(angle) + NOISE * points[2 * index + 1]!) / SCALE
  }
  return { points }
}
