import type { MetricDefinition } from '../metric-definition.ts'
import { cycle } from './cycle.ts'
import { fid } from './fid.ts'
import { fidInfinity } from './fid-infinity.ts'
import { inceptionScore } from './inception-score.ts'
import { kid } from './kid.ts'
import { l1 } from './l1.ts'
import { labelAccuracyMetric } from './label-accuracy.ts'
import { lpips } from './lpips.ts'
import { modes } from './modes.ts'
import { msSsim } from './ms-ssim.ts'
import { nearest } from './nearest.ts'
import { pairedMsSsim } from './paired-ms-ssim.ts'
import { ppl } from './ppl.ts'
import { prdc } from './prdc.ts'
import { psnr } from './psnr.ts'
import { ssim } from './ssim.ts'
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
  psnr,
  ssim,
  l1,
  lpips,
  pairedMsSsim,
  cycle,
  ppl,
]
