import type { MetricDefinition } from '../metric-definition.ts'
import { fid } from './fid.ts'
import { fidInfinity } from './fid-infinity.ts'
import { inceptionScore } from './inception-score.ts'
import { kid } from './kid.ts'
import { labelAccuracyMetric } from './label-accuracy.ts'
import { modes } from './modes.ts'
import { msSsim } from './ms-ssim.ts'
import { nearest } from './nearest.ts'
import { prdc } from './prdc.ts'
import { swd } from './swd.ts'

/** The metrics that Gantry knows. Pass `[...metrics, yours]` where you have more. */
export const metrics: readonly MetricDefinition[] = [
  fid,
  fidInfinity,
  inceptionScore,
  kid,
  prdc,
  msSsim,
  swd,
  nearest,
  modes,
  labelAccuracyMetric,
]
