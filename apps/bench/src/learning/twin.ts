import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { compileModel } from '@gantry/compiler'
import { type BoundField, encodeSafetensors, UnsupportedError } from '@gantry/core'
import { openDataset } from '@gantry/datasets'
import { quantiseImages } from '@gantry/metrics'
import { prepareTensorflow } from '@gantry/runs'
import { firstSamples } from '@gantry/training'
import { bindFields, findVariant, type GameOptions } from '@gantry/variants'
import { inPackage } from '../in-package.ts'
import { type LearningRun, MOMENTS } from './learning-run.ts'
import { writeMade } from './made-samples.ts'
import { protocolFor } from './protocols.ts'
import type { RunWork, TrainedWork } from './train-and-score.ts'

const MINUTE = 60_000

/** Options that the script knows; of every other it is asked for the usual value only. */
const known = [
  ...[
    'latentSize',
    'denseUnits',
    'generatorWidth',
    'discriminatorWidth',
    'loss',
    'update',
    'criticSteps',
    'learningRate',
  ],
  ...['discriminatorLearningRate', 'beta1', 'beta2', 'learningRateSchedule', 'learningRateDecaySteps'],
  ...['learningRateFinalShare', 'emaDecay', 'r1', 'gradientPenalty', 'penaltyEvery', 'discriminatorNormalization'],
] as const satisfies readonly (keyof GameOptions)[]

/**
 * Repeats a run in PyTorch, from the same weights, for as long as ours took.
 *
 * @throws UnsupportedError `TWIN_MISSING` for recipes that the script does not know
 */
export async function trainTwin({ run, folder, threads, twin }: RunWork, out: string): Promise<TrainedWork> {
  const definition = findVariant(run.variant)
  const options = definition.schema.parse(run.options) as GameOptions
  checkKnown(run, options)
  await mkdir(folder, { recursive: true })
  const start = join(folder, 'start.safetensors')
  const dataset = await openDataset(run.data)
  const fields = bindFields(definition, dataset.fields)
  await prepareTensorflow()
  const model = definition.build({ options, fields, batchSize: run.batchSize, seed: run.seed })
  const { variables } = await compileModel(model)
  model.dispose()
  const tensors = Object.fromEntries(Object.entries(variables).map(([name, array]) => [`state/${name}`, array]))
  await writeFile(start, encodeSafetensors({ tensors, metadata: {} }))
  const conditional = 'labels' in fields
  await writeData(dataset, fields, folder)
  await dataset.dispose?.()
  const [side] = fields.samples!.shape
  const recipe = {
    ...Object.fromEntries(known.map((name) => [name, options[name]])),
    discriminatorLearningRate: options.discriminatorLearningRate ?? options.learningRate,
    loss: lossOf(run, options),
    normalized: options.discriminatorNormalization === 'batch',
    classes: conditional ? fields.labels!.names!.length : 0,
    batchSize: run.batchSize,
    ...planOf(side!),
  }
  const { count, curveCount } = protocolFor(run.data)
  const work = {
    ...{ start, data: join(folder, 'data'), out, recipe, threads, seed: run.seed },
    ...{ seconds: twin!.seconds, moments: MOMENTS, count: curveCount, finalCount: count },
  }
  const path = join(folder, 'work.json')
  await writeFile(path, JSON.stringify(work))
  const script = [inPackage('python/train_gan.py'), path]
  const { stdout } = await promisify(execFile)(twin!.python, script, {
    timeout: Math.ceil(2 * twin!.seconds) * 1000 + 5 * MINUTE,
  })
  const { version, steps, seconds } = JSON.parse(stdout.trim().split('\n').at(-1)!)
  return { engine: `pytorch ${version}`, steps, seconds }
}

/** Sides of the smallest maps, and how often they are doubled: as the architecture plans them. */
function planOf(side: number) {
  const doublings = Math.floor(Math.log2(side / 4))
  return { baseSize: side / 2 ** doublings, doublings }
}

function lossOf({ variant }: LearningRun, { loss }: GameOptions): string {
  const fixed: Readonly<Record<string, string>> = { lsgan: 'least-squares', 'wgan-gp': 'wasserstein' }
  return fixed[variant] ?? loss
}

function checkKnown({ variant, options }: LearningRun, parsed: GameOptions): void {
  const odd = Object.keys(options).find((name) => !(known as readonly string[]).includes(name))
  const normalization = parsed.discriminatorNormalization
  if (odd === undefined && ['none', 'batch'].includes(normalization)) return
  const what = odd ?? `discriminatorNormalization ${normalization}`
  throw new UnsupportedError({
    code: 'TWIN_MISSING',
    message: `The PyTorch script has no ${what}, which this run of ${variant} has.`,
    fix: 'Teach python/train_gan.py, or leave the twin out.',
  })
}

/** The training images in bytes, and their labels where the game wants them. */
async function writeData(
  dataset: Awaited<ReturnType<typeof openDataset>>,
  { samples: image, labels: label }: Readonly<Record<string, BoundField>>,
  folder: string,
): Promise<void> {
  const all = await firstSamples(dataset, dataset.size, 0)
  const samples = quantiseImages(all[image!.field]!, 0, image!.range)
  const labels = label && (all[label.field]!.data as Int32Array)
  await writeMade(folder, 'data', { step: 0, seconds: 0, samples, ...(labels && { labels }) })
}
