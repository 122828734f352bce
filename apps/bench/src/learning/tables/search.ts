import { imageField } from '@gantry/core'
import { checkOptions, type GameOptions, variants } from '@gantry/variants'
import type { LearningRun } from '../learning-run.ts'
import { bounded, narrow, quick } from './recipes.ts'
import { BATCH_SIZE, type LearningTable, runsOf } from './run-rows.ts'

/** Recipes that a search tries on every variant: hypotheses with a name, alone and together. */
const CANDIDATES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  published: {},
  simultaneous: { update: 'simultaneous', criticSteps: 1, learningRate: 5e-4 },
  dense: { denseUnits: 256 },
  quick: { ...quick, criticSteps: 1 },
  'quick-bounded': { ...quick, ...bounded, criticSteps: 1 },
  'quick-bounded-dense': { ...quick, ...bounded, criticSteps: 1, denseUnits: 256 },
  'quick-dense': { ...quick, denseUnits: 256, discriminatorNormalization: 'none' },
}

const SEARCH_STEPS = 1000

function isPossible(variant: string, options: GameOptions | undefined): boolean {
  if (options === undefined) return false
  try {
    checkOptions(variant, options, { batchSize: BATCH_SIZE, samples: imageField([28, 28, 1]) })
    return true
  } catch {
    return false
  }
}

/** Every candidate on every variant that has a discriminator of convolutions; those that a variant cannot have are left out. */
function search(): LearningRun[] {
  const searched = variants.filter(
    ({ needs, schema }) => 'samples' in needs && 'denseUnits' in schema.shape && 'criticSteps' in schema.shape,
  )
  return searched
    .filter(({ name }) => name !== 'vanilla')
    .flatMap(({ name, schema }) =>
      Object.entries(CANDIDATES).flatMap(([candidate, options]) => {
        const own = { ...narrow, ...options }
        if (!isPossible(name, schema.safeParse(own).data as GameOptions | undefined)) return []
        return runsOf({
          ...{ table: 'search', row: `search-${name}-${candidate}`, variant: name, seeds: [1] },
          preset: { data: 'mnist', run: { steps: SEARCH_STEPS, batchSize: BATCH_SIZE }, options: own },
        })
      }),
    )
}

export const searchTable: LearningTable = {
  name: 'search',
  title: 'A search',
  about: `Named candidates on every game, ${SEARCH_STEPS.toLocaleString('en')} steps of 64 on MNIST, one seed, networks of half the usual width: where the presets began. Candidates whose options exclude each other are no rows.`,
  runs: search(),
}
