import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig, runConfigSchema, train } from '@gantry/training'
import { findVariant, variants } from '@gantry/variants'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { exportOpened } from './export-run.ts'
import { type OpenedRun, openRun } from './open-run.ts'
import { RunFolder } from './run-folder.ts'
import { hashState } from './state-hash.ts'
import { writeImages } from './testing/images.ts'

const columns = [
  'trains on MNIST',
  'trains on an RGB image folder',
  'compiled = eager',
  'resumes',
  'exports',
  'parity ≤ 1e-5 in ONNX Runtime',
  'conditional',
] as const
type Column = (typeof columns)[number]

const results = new Map<string, Partial<Record<Column, string>>>(variants.map(({ name }) => [name, {}]))
const note = (variant: string, column: Column, result = '✔') => {
  results.get(variant)![column] = result
}

/** Narrow networks. Plain gradient descent, so that rounding is not blown up by the first, normalised steps of Adam. */
function optionsOf(variant: string): Record<string, unknown> {
  const { schema } = findVariant(variant)
  const wanted = {
    generatorWidth: 4,
    discriminatorWidth: 4,
    hiddenUnits: 16,
    optimizer: 'sgd',
    criticSteps: 1,
    receptiveField: 16,
    residualBlocks: 1,
    growth: 4,
    denseUnits: 16,
    styleSize: 16,
    mappingLayers: 2,
    // The game, which comes after it.
    pretrainSteps: 0,
    // The first stage is what is trained here.
    stageSizes: [8, 16],
    // Pixels of few channels that are all small are what pixel normalization makes large, with what was rounded.
    ...(variant === 'progan' && { generatorWidth: 16, discriminatorWidth: 16 }),
  }
  const known = Object.entries(wanted).filter(([key]) => key in schema.shape)
  return parseConfig(schema, Object.fromEntries(known), variant)
}

/** Two sides of it for what makes pictures out of pictures. */
const sidesOf = (variant: string, data: string) =>
  'target' in findVariant(variant).needs ? `unpaired:${data},${data}` : data

/**
 * A side of the images. Of 8, what translates images would have maps of few pixels in its middle, of which a normalization leaves
 * little, and what grows a single stage.
 */
function sizeOf(variant: string): number {
  const { needs, schema } = findVariant(variant)
  return 'target' in needs || 'stageSizes' in schema.shape ? 16 : 8
}

async function open(variant: string, name: string, steps: number, engine: 'onnxruntime' | 'tfjs' = 'onnxruntime') {
  const data = sidesOf(variant, name)
  const run = { data, dataOptions: { size: sizeOf(variant) }, steps, engine, device: 'cpu', batchSize: 4 } as const
  const often = { logEvery: 1, sampleEvery: 100, checkpointEvery: 1, sampleCount: 4, seed: 1 }
  const opening = await openRun(runConfigSchema.parse({ ...run, ...often, variant, options: optionsOf(variant) }))
  opened.push(opening)
  return { ...opening, ...(await opening.stages[0]!.open()) }
}

type Training = Awaited<ReturnType<typeof open>>

/** Trains in a folder: a new one, or that of a run that goes on. */
function trainIn({ model, session, dataset, config }: Training, record: RunFolder) {
  return train({ model, session, dataset, config, record })
}

let folder: string
const opened: OpenedRun[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-matrix-'))
  // Sub-folders are classes, for the variants that need labels.
  for (const label of ['left', 'right']) await writeImages(join(folder, 'images', label), 3)
})
// Each test leaves its threads to the next.
afterEach(() => Promise.all(opened.splice(0).map((run) => run.dispose())))

function started(training: Training, name: string) {
  return RunFolder.create(join(folder, name), training)
}

describe.each(variants.map(({ name }) => name))('%s', (variant) => {
  it('trains, as TF.js does, resumes and exports', async () => {
    const whole = await open(variant, 'mnist', 2)
    const beginning = await whole.session.readState()
    const wholeRun = await started(whole, `${variant}-whole`)
    const { scalars } = await trainIn(whole, wholeRun)
    const state = await whole.session.readState()
    for (const value of Object.values(scalars)) expect(value).toBeTypeOf('number')
    note(variant, 'trains on MNIST')

    const exported = await exportOpened(whole, { state, step: 2, weights: 'ema', path: wholeRun.generatorPath })
    note(variant, 'exports')
    expect(exported.manifest.parityError).toBeLessThanOrEqual(1e-5)
    note(variant, 'parity ≤ 1e-5 in ONNX Runtime')
    note(variant, 'conditional', 'labels' in exported.manifest.inputs ? '✔' : '–')

    const eager = await open(variant, 'mnist', 2, 'tfjs')
    const eagerOutcome = await trainIn(eager, await started(eager, `${variant}-eager`))
    expect(Object.keys(eagerOutcome.scalars)).toEqual(Object.keys(scalars))
    for (const [name, value] of Object.entries(eagerOutcome.scalars)) {
      expect(Math.abs(scalars[name]! - value), name).toBeLessThanOrEqual(1e-4 * Math.abs(value) + 1e-6)
    }
    note(variant, 'compiled = eager')

    const half = { ...whole, config: { ...whole.config, steps: 1 } }
    const run = await started(half, `${variant}-half`)
    await whole.session.writeState(beginning)
    await trainIn(half, run)
    // The session stands at step 2 again, and must be brought back to step 1 by the checkpoint.
    await whole.session.writeState(state)
    await trainIn(whole, run)
    expect(hashState(await whole.session.readState())).toBe(hashState(state))
    note(variant, 'resumes')
  })

  it('trains on an RGB image folder', async () => {
    const training = await open(variant, `folder:${join(folder, 'images')}`, 1)
    expect(Object.values(training.dataset.fields)[0]!.shape).toEqual([sizeOf(variant), sizeOf(variant), 3])
    await trainIn(training, await started(training, `${variant}-folder`))
    note(variant, 'trains on an RGB image folder')
  })
})

function page(): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rows = [...results].map(([name, cells]) =>
    line([`[\`${name}\`](variants/${name}.md)`, ...columns.map((column) => cells[column] ?? '**no**')]),
  )
  return `# What every variant does

Written by \`npx vitest run --project runs variant-matrix -u\`: each mark is an assertion that held, for narrow networks that train
two steps. \`packages/variants/src/parity.test.ts\` compares more steps, optimizers and options.

${[line(['Variant', ...columns]), line(['---', ...columns.map(() => '---')]), ...rows].join('\n')}

| Column | What is asserted |
|---|---|
| trains on MNIST | two steps on the real data, grey, brought to the same size; every scalar is finite |
| trains on an RGB image folder | one step on PNG files in two sub-folders, brought to 8×8 RGB (16×16 for \`pix2pix\`, \`cyclegan\` and \`progan\`) |
| compiled = eager | the scalars of the compiled steps on ONNX Runtime are those of TF.js, to 1e-4 of each |
| resumes | one step, and one more from its checkpoint, end in the same weights bit for bit as two |
| exports | \`generator.onnx\` is written, with its manifest |
| parity ≤ 1e-5 in ONNX Runtime | the file's samples differ from the trainer's by no more, in a fresh session |
| conditional | the exported generator takes a class: \`gantry sample --label\` |
`
}

describe('the matrix', () => {
  it('is the page in the docs', async () => {
    await expect(page()).toMatchFileSnapshot('../../../docs/variant-matrix.md')
  })
})
