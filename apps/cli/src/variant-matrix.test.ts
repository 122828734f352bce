import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hashState, parseConfig, RunFolder, runConfigSchema, train } from '@gantry/training'
import { findVariant, variants } from '@gantry/variants'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exportGenerator } from './export-generator.ts'
import { type OpenTraining, openTraining } from './open-training.ts'
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
  const wanted = { generatorWidth: 4, discriminatorWidth: 4, hiddenUnits: 16, optimizer: 'sgd', criticSteps: 1 }
  const known = Object.entries(wanted).filter(([key]) => key in schema.shape)
  return parseConfig(schema, Object.fromEntries(known), variant)
}

function open(variant: string, data: string, steps: number, engine: 'onnxruntime' | 'tfjs' = 'onnxruntime') {
  const run = { data, steps, engine, device: 'cpu', batchSize: 4, size: data === 'mnist' ? 28 : 16 } as const
  const often = { logEvery: 1, sampleEvery: 100, checkpointEvery: 1, sampleCount: 4, seed: 1 }
  return openTraining(runConfigSchema.parse({ ...run, ...often, variant, options: optionsOf(variant) }))
}

let folder: string
const opened: OpenTraining[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-matrix-'))
  // Sub-folders are classes, for the variants that need labels.
  for (const label of ['left', 'right']) await writeImages(join(folder, 'images', label), 3)
})
afterAll(() => Promise.all(opened.map((training) => training.dispose())))

async function started(training: OpenTraining, name: string) {
  opened.push(training)
  return RunFolder.create(join(folder, name), training.config)
}

describe.each(variants.map(({ name }) => name))('%s', (variant) => {
  it('trains, as TF.js does, resumes and exports', async () => {
    const whole = await open(variant, 'mnist', 2)
    const wholeRun = await started(whole, `${variant}-whole`)
    const { scalars } = await train({ ...whole, run: wholeRun })
    const state = await whole.session.readState()
    for (const value of Object.values(scalars)) expect(value).toBeTypeOf('number')
    note(variant, 'trains on MNIST')

    const exported = await exportGenerator(whole, { state, step: 2, weights: 'ema', path: wholeRun.generatorPath })
    note(variant, 'exports')
    expect(exported.manifest.parityError).toBeLessThanOrEqual(1e-5)
    note(variant, 'parity ≤ 1e-5 in ONNX Runtime')
    note(variant, 'conditional', exported.manifest.conditioning ? '✔' : '–')

    const eager = await open(variant, 'mnist', 2, 'tfjs')
    const eagerOutcome = await train({ ...eager, run: await started(eager, `${variant}-eager`) })
    expect(Object.keys(eagerOutcome.scalars)).toEqual(Object.keys(scalars))
    for (const [name, value] of Object.entries(eagerOutcome.scalars)) {
      expect(Math.abs(scalars[name]! - value), name).toBeLessThanOrEqual(1e-4 * Math.abs(value) + 1e-6)
    }
    note(variant, 'compiled = eager')

    const half = await open(variant, 'mnist', 1)
    const run = await started(half, `${variant}-half`)
    await train({ ...half, run })
    // The session of the whole run stands at step 2, and must be brought back to step 1 by the checkpoint.
    await train({ ...whole, run })
    expect(hashState(await whole.session.readState())).toBe(hashState(state))
    note(variant, 'resumes')
  })

  it('trains on an RGB image folder', async () => {
    const training = await open(variant, `folder:${join(folder, 'images')}`, 1)
    expect(training.dataset.sampleShape).toEqual([16, 16, 3])
    await train({ ...training, run: await started(training, `${variant}-folder`) })
    note(variant, 'trains on an RGB image folder')
  })
})

function page(): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rows = [...results].map(([name, cells]) =>
    line([`[\`${name}\`](variants/${name}.md)`, ...columns.map((column) => cells[column] ?? '**no**')]),
  )
  return `# What every variant does

Written by \`npx vitest run --project cli variant-matrix -u\`: each mark is an assertion that held, for narrow networks that train
two steps. \`packages/variants/src/parity.test.ts\` compares more steps, optimizers and options.

${[line(['Variant', ...columns]), line(['---', ...columns.map(() => '---')]), ...rows].join('\n')}

| Column | What is asserted |
|---|---|
| trains on MNIST | two steps on the real data, 28×28 grey; every scalar is finite |
| trains on an RGB image folder | one step on PNG files in two sub-folders, brought to 16×16 RGB |
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
