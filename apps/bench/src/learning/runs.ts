import { checkOptions, findVariant, type GameOptions, type Preset, variants } from '@gantry/variants'
import type { LearningRun } from './learning-run.ts'

/** A table of docs/learning.md. */
export interface LearningTable {
  /** As `--tables` has it. */
  readonly name: string
  readonly title: string
  /** What its rows are, and what to know before reading them. */
  readonly about: string
  readonly runs: readonly LearningRun[]
}

interface Row {
  readonly table: string
  readonly row: string
  readonly variant: string
  readonly preset: Pick<Preset<unknown>, 'data' | 'run' | 'options'>
  readonly seeds: readonly number[]
  readonly minutes?: number
  /** Instead of, or beside, what the preset has. */
  readonly options?: Readonly<Record<string, unknown>>
  readonly startsFrom?: string
}

const MINUTES = 10
const BATCH_SIZE = 64
const THREE = [1, 2, 3]
const FIVE = [1, 2, 3, 4, 5]

/** One run a seed. */
function runsOf({ table, row, variant, preset, seeds, minutes = MINUTES, options, startsFrom }: Row): LearningRun[] {
  const { steps, batchSize = BATCH_SIZE } = preset.run as { readonly steps: number; readonly batchSize?: number }
  return seeds.map((seed) => ({
    ...{ id: `${row}-${seed}`, table, row, variant, data: preset.data, seed, batchSize, steps, minutes },
    options: { ...(preset.options as Readonly<Record<string, unknown>>), ...options },
    ...(startsFrom !== undefined && { startsFrom }),
  }))
}

const presetsCalled = (name: string) =>
  variants
    .filter(({ startsFrom }) => startsFrom === undefined)
    .flatMap((variant) =>
      variant.presets.filter((preset) => preset.name === name).map((preset) => ({ variant: variant.name, preset })),
    )

/** In the order in which they are done: first one seed of every row. */
const byUrgency = (left: LearningRun, right: LearningRun) =>
  left.seed - right.seed || GOOD_DATA.indexOf(left.data) - GOOD_DATA.indexOf(right.data)

const GOOD_DATA = ['mnist', 'fashion-mnist', 'emoji']

/** All three seeds on MNIST, where targets are; one elsewhere. */
const good: LearningRun[] = presetsCalled('good')
  .flatMap(({ variant, preset }) =>
    runsOf({
      ...{ table: 'good', row: `${variant}-${preset.data}`, variant, preset },
      seeds: preset.data === 'mnist' ? THREE : [1],
    }),
  )
  .sort(byUrgency)

/** What `npm run demo` trains. */
const demo: LearningRun[] = presetsCalled('demo').flatMap(({ variant, preset }) =>
  runsOf({ table: 'demo', row: `${variant}-demo`, variant, preset, seeds: THREE, minutes: 3 }),
)

const points: LearningRun[] = [
  ...presetsCalled('points').flatMap(({ variant, preset }) =>
    runsOf({ table: 'points', row: `${variant}-${preset.data}`, variant, preset, seeds: FIVE, minutes: 2 }),
  ),
  ...['ring8', 'grid25'].flatMap((data) =>
    runsOf({
      ...{ table: 'points', row: `vanilla-as-published-${data}`, variant: 'vanilla', seeds: FIVE, minutes: 2 },
      preset: { data, run: { steps: 4000, batchSize: 256 }, options: {} },
    }),
  ),
]

const mnistGood = (variant: string) =>
  findVariant(variant).presets.find(({ name, data }) => name === 'good' && data === 'mnist')

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

const narrow = { generatorWidth: 32, discriminatorWidth: 32, emaDecay: 0.998 }
const bounded = { discriminatorNormalization: 'none', r1: 1, penaltyEvery: 4 }
const quick = { learningRate: 1e-3, beta1: 0, beta2: 0.99, optimizer: 'adam' }

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

const SEARCH_STEPS = 2000

function isPossible(variant: string, options: GameOptions | undefined): boolean {
  if (options === undefined) return false
  try {
    checkOptions(variant, options, { batchSize: BATCH_SIZE, samples: { modality: 'image' } })
    return true
  } catch {
    return false
  }
}

/** Every candidate on every variant that has a discriminator of convolutions; those that a variant cannot have are left out. */
function search(): LearningRun[] {
  const searched = variants.filter(({ schema }) => 'denseUnits' in schema.shape && 'criticSteps' in schema.shape)
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

/** A plain DCGAN, and what is to keep it from leaving modes out. */
function stacked(): LearningRun[] {
  const preset = {
    data: 'stacked-mnist',
    run: { steps: 6000, batchSize: BATCH_SIZE },
    options: narrow,
  }
  const remedies = {
    dcgan: {},
    'dcgan-packing-2': { packing: 2 },
    'dcgan-minibatch-discrimination': { minibatchDiscrimination: 50 },
    'dcgan-dense-r1': { ...quick, ...bounded, denseUnits: 256 },
  }
  return Object.entries(remedies).flatMap(([name, options]) =>
    runsOf({ table: 'stacked', row: `stacked-${name}`, variant: 'dcgan', preset, seeds: [1], options }),
  )
}

/** The same DCGAN from noise, and from the decoder of a VAE that has the same generator. */
function starts(): LearningRun[] {
  const preset = mnistGood('dcgan')
  if (preset === undefined) return []
  const { generatorWidth, latentSize } = preset.options as { generatorWidth?: number; latentSize?: number }
  const decoder = {
    ...(generatorWidth && { generatorWidth, discriminatorWidth: generatorWidth }),
    ...(latentSize && { latentSize }),
  }
  const short = { ...preset, run: { steps: 2500, batchSize: BATCH_SIZE } }
  const common = { table: 'starts', seeds: [1], preset: short }
  return [
    ...runsOf({ ...common, row: 'start-vae', variant: 'vae', preset: { ...short, options: decoder } }),
    ...runsOf({ ...common, row: 'start-from-noise', variant: 'dcgan' }),
    ...runsOf({ ...common, row: 'start-from-vae', variant: 'dcgan', startsFrom: 'start-vae-1' }),
  ]
}

/** Variants whose networks and recipe the PyTorch script has. */
const TWINS = ['dcgan', 'lsgan', 'wgan-gp', 'cgan']

function twins(): LearningRun[] {
  return good
    .filter(({ variant, data, seed }) => TWINS.includes(variant) && data === 'mnist' && seed === 1)
    .map((run) => ({ ...run, id: `${run.id}-pytorch`, table: 'pytorch', twinOf: run.id }))
}

/** Every table, in the order of the page. */
export const learningTables: readonly LearningTable[] = [
  {
    name: 'good',
    title: 'Every variant, with its preset `good`',
    about:
      'On MNIST the mean of three seeds, elsewhere one. The Fréchet distance is between features of a small classifier of digits (`classifier-mnist`), also of clothes, for which its features are a fixed basis; of emoji between those of random convolutions. None of them is FID.',
    runs: good,
  },
  {
    name: 'demo',
    title: 'The demo',
    about: 'What `npm run demo` trains, three seeds.',
    runs: demo,
  },
  {
    name: 'changes',
    title: 'What moved the unconditional variants, one change at a time',
    about: `A DCGAN on MNIST, ${CHANGE_STEPS.toLocaleString('en')} steps of 64, one seed. Each row down to \`dense\` has the changes of those above it; \`longer\` has twice the steps, without and with rates that fall; the others are each a change of \`dense\` alone.`,
    runs: changes(),
  },
  {
    name: 'search',
    title: 'A search',
    about: `Named candidates on every game, ${SEARCH_STEPS.toLocaleString('en')} steps of 64 on MNIST, one seed, networks of half the usual width: where the presets began. Candidates whose options exclude each other are no rows.`,
    runs: search(),
  },
  {
    name: 'pytorch',
    title: 'Beside PyTorch',
    about:
      'A plain PyTorch script with the same networks, the same initial weights and the same recipe, for as many seconds as our run of seed 1 took, on as many threads: `python/train_gan.py`.',
    runs: twins(),
  },
  {
    name: 'points',
    title: 'Modes of points',
    about:
      'Five seeds each, by the protocol of VEEGAN (Srivastava et al. 2017) and PacGAN (Lin et al. 2018): 2,500 points; a mode is reached by one point within three standard deviations of its centre, and such points are of high quality.',
    runs: points,
  },
  {
    name: 'stacked',
    title: 'Modes of stacked MNIST',
    about:
      'Three digits as colour channels, 1,000 modes; 26,000 samples, read by `classifier-mnist` channel by channel. Published, with networks, steps and classifiers of their own: DCGAN 99.0 and VEEGAN 150.0 modes (Srivastava et al. 2017, table 2), PacDCGAN2 1,000.0 (Lin et al. 2018, table 3).',
    runs: stacked(),
  },
  {
    name: 'starts',
    title: 'A start from the decoder of a VAE',
    about: 'Whether `--init-from` a VAE helps a DCGAN of the same generator, at the same number of steps.',
    runs: starts(),
  },
]
