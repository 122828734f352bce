import { beforeAll, describe, it } from 'vitest'
import { adaptiveFormulas } from '../testing/adaptive-formulas.ts'
import { corruptionFormulas } from '../testing/corruption-formulas.ts'
import { type Engines, expectFormula, type Formula, prepare } from '../testing/formula.ts'
import { growingFormulas } from '../testing/growing-formulas.ts'
import { lossFormulas } from '../testing/loss-formulas.ts'
import { movementFormulas } from '../testing/movement-formulas.ts'
import { penaltyFormulas } from '../testing/penalty-formulas.ts'
import { resamplingFormulas } from '../testing/resampling-formulas.ts'
import { styleLayerFormulas } from '../testing/style-layer-formulas.ts'
import { styleMappingFormulas } from '../testing/style-mapping-formulas.ts'
import { styleTrainingFormulas } from '../testing/style-training-formulas.ts'
import { viewFormulas } from '../testing/view-formulas.ts'

// Every formula against its paper in float64, and compiled against eager, at the same draws of noise.
const families: Readonly<Record<string, readonly Formula[]>> = {
  losses: lossFormulas,
  penalties: penaltyFormulas,
  'how weights move': movementFormulas,
  'what the discriminator sees': viewFormulas,
  growth: growingFormulas,
  'adaptive augmentation': [...adaptiveFormulas, ...corruptionFormulas],
  resampling: resamplingFormulas,
  styles: [...styleLayerFormulas, ...styleMappingFormulas, ...styleTrainingFormulas],
}

describe.each(Object.entries(families))('%s', (_, formulas) => {
  let engines: Engines
  beforeAll(async () => {
    engines = await prepare(formulas)
  })

  it.each(formulas.map(({ name }, index) => [name, index] as const))('%s', (_name, index) =>
    expectFormula(engines, formulas, index),
  )
})
