import type { LearningRun } from '../learning-run.ts'
import { BATCH_SIZE, type LearningTable, runsOf } from './run-rows.ts'

/** A narrow DCGAN as most would begin it, and then one change after the other, each on top of those before. */
const CHANGES: readonly (readonly [row: string, options: Readonly<Record<string, unknown>>])[] = [
  [
    'before',
    { discriminatorWidth: 32, generatorWidth: 32, learningRate: 5e-4, update: 'simultaneous', emaDecay: 0.998 },
  ],
  ['alternating', { update: 'alternating' }],
  ['r1', { discriminatorNormalization: 'none', r1: 1, penaltyEvery: 4 }],
  ['no-momentum', { beta1: 0, beta2: 0.99 }],
  ['faster', { learningRate: 1e-3 }],
  ['dense', { denseUnits: 256 }],
]

/** Changes of the last of them, each alone. */
const OTHERS: readonly (readonly [row: string, options: Readonly<Record<string, unknown>>])[] = [
  ['weaker-r1', { r1: 0.3 }],
  ['stronger-r1', { r1: 5 }],
  ['spread', { minibatchStandardDeviation: 4 }],
  ['orthogonal', { initializer: 'orthogonal' }],
  ['translation', { augment: ['translation'] }],
]

const CHANGE_STEPS = 3000

function changes(): LearningRun[] {
  const row = (name: string, options: Readonly<Record<string, unknown>>, steps = CHANGE_STEPS) =>
    runsOf({
      ...{ table: 'changes', row: `dcgan-${name}`, variant: 'dcgan', seeds: [1] },
      preset: { data: 'mnist', run: { steps, batchSize: BATCH_SIZE }, options: {} },
      options,
    })
  let options: Readonly<Record<string, unknown>> = {}
  const steps = CHANGES.flatMap(([name, change]) => {
    options = { ...options, ...change }
    return row(name, options)
  })
  const falling = { learningRateSchedule: 'cosine', learningRateDecaySteps: 2 * CHANGE_STEPS }
  return [
    ...steps,
    ...row('longer', options, 2 * CHANGE_STEPS),
    ...row('longer-falling', { ...options, ...falling }, 2 * CHANGE_STEPS),
    ...OTHERS.flatMap(([name, change]) => row(name, { ...options, ...change })),
  ]
}

export const changesTable: LearningTable = {
  name: 'changes',
  title: 'What moved the unconditional variants, one change at a time',
  about: `A DCGAN on MNIST, ${CHANGE_STEPS.toLocaleString('en')} steps of 64, one seed. Each row down to \`dense\` has the changes of those above it; \`longer\` has twice the steps, without and with rates that fall; the others are each a change of \`dense\` alone.`,
  runs: changes(),
}
