import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Batch, ConfigurationError, GantryError, type NDArray, ShapeError, UnsupportedError } from '@gantry/core'
import { type OpenedDataset, openDataset } from '@gantry/datasets'
import { type FeatureMatrix, nearestNeighbours } from '@gantry/metrics'
import { firstSamples } from '@gantry/training'
import { exportRun } from '../export-run.ts'
import { type LoadedGenerator, loadGenerator } from '../generators/load-generator.ts'
import type { RunFolder } from '../run-folder.ts'

/** How samples are scored: by what an encoder and a generator cannot make again, or by features of a discriminator. */
export type AnomalyMethod = 'f-anogan' | 'discriminator-features'

/** What is odd about the samples of a batch. */
interface ScoredBatch {
  /** [batch] */
  readonly scores: Float64Array
  /** What the generator made of them, and where that differs. */
  readonly reconstruction?: NDArray
  readonly difference?: NDArray
}

export interface AnomalyScorer {
  readonly method: AnomalyMethod
  /** The field of the run's data that is scored, and its shape. */
  readonly field: string
  readonly shape: readonly number[]
  /** @param batch arrays by the fields of the run's data */
  score(batch: Batch): Promise<ScoredBatch>
  dispose(): Promise<void>
}

/** Training samples whose features are what is normal. */
const NORMAL = 2000

/**
 * What scores samples by a run: its function `anomaly` where it has one (`f-anogan`), else the distance of a sample's features in the
 * discriminator to the nearest of 2,000 training samples.
 *
 * @param options.neighbours the distance is that to so many-th nearest of them; 1 by default
 * @throws UnsupportedError `NO_ANOMALY_SCORE` for runs that have neither; ConfigurationError `NEIGHBOURS_UNUSED` where there is nothing
 * to count, `NEIGHBOUR_COUNT` for more than there are
 */
export async function openScorer(
  folder: RunFolder,
  { neighbours, onNote }: { readonly neighbours: number | undefined; readonly onNote: (text: string) => void },
): Promise<AnomalyScorer> {
  const exported = await mkdtemp(join(tmpdir(), 'gantry-score-'))
  const functionOf = async (name: string): Promise<LoadedGenerator | undefined> => {
    try {
      const { path } = await exportRun(folder, { functionName: name, path: join(exported, `${name}.onnx`), onNote })
      return await loadGenerator(path, { onNote })
    } catch (error) {
      if (GantryError.isInstance(error) && error.code === 'FUNCTION_UNKNOWN') return undefined
      throw error
    }
  }
  try {
    const anomaly = await functionOf('anomaly')
    if (anomaly !== undefined) {
      if (neighbours === undefined) return byReconstruction(anomaly)
      await anomaly.dispose()
      throw neighboursUnused(folder, neighbours)
    }
    const discriminate = await functionOf('discriminate')
    if (discriminate !== undefined) return await byFeatures(folder, discriminate, neighbours ?? 1)
  } finally {
    await rm(exported, { recursive: true, force: true })
  }
  throw new UnsupportedError({
    code: 'NO_ANOMALY_SCORE',
    message: `The run ${folder.path} of ${folder.config.variant} has nothing that tells what is odd of a single sample: it has no discriminator, or one that compares the samples of a batch (packing, minibatchDiscrimination, minibatchStandardDeviation).`,
    fix: "Train a GAN on what is normal, such as 'dcgan', without these options.",
  })
}

function byReconstruction({ manifest, evaluate, dispose }: LoadedGenerator): AnomalyScorer {
  const { field, shape } = manifest.inputs.samples!
  return {
    ...{ method: 'f-anogan', field: field!, shape: shape as readonly number[], dispose },
    score: async (batch) => {
      const { score, reconstruction, difference } = await evaluate({ samples: batch[field!]! }, noDraw)
      return {
        scores: Float64Array.from(score!.data, Number),
        reconstruction: reconstruction!,
        difference: difference!,
      }
    },
  }
}

async function byFeatures(folder: RunFolder, discriminator: LoadedGenerator, k: number): Promise<AnomalyScorer> {
  const { manifest, evaluate, dispose } = discriminator
  const { field, shape } = manifest.inputs.samples!
  const featuresOf = async (batch: Batch): Promise<FeatureMatrix> => {
    const inputs = Object.entries(manifest.inputs).map(([name, port]) => [name, given(batch, port.field!)] as const)
    const { features } = await evaluate(Object.fromEntries(inputs), noDraw)
    const [rows = 0, columns = 0] = features!.shape
    return { rows, columns, data: Float64Array.from(features!.data, Number) }
  }
  const normal = await normalFeatures(await openDataset(folder.config.data, folder.config.dataOptions), featuresOf)
  return {
    ...{ method: 'discriminator-features', field: field!, shape: shape as readonly number[], dispose },
    score: async (batch) => {
      const { distances } = await nearestNeighbours(await featuresOf(batch), normal, { count: k })
      return { scores: distances.filter((_, index) => index % k === k - 1) }
    },
  }
}

function neighboursUnused({ path }: RunFolder, neighbours: number): ConfigurationError {
  return new ConfigurationError({
    code: 'NEIGHBOURS_UNUSED',
    message: `A number of neighbours (${neighbours}) is asked for, but the run ${path} scores samples by what it cannot make again, and counts none.`,
    fix: 'Leave it out.',
  })
}

async function normalFeatures(data: OpenedDataset, featuresOf: (batch: Batch) => Promise<FeatureMatrix>) {
  try {
    return await featuresOf(await firstSamples(data, Math.min(NORMAL, data.size), 0))
  } finally {
    await data.dispose?.()
  }
}

/** @throws ShapeError `FIELD_MISSING` */
function given(batch: Batch, field: string): NDArray {
  const values = batch[field]
  if (values !== undefined) return values
  throw new ShapeError({
    code: 'FIELD_MISSING',
    message: `The discriminator of this run judges samples by their '${field}', but the data have only ${Object.keys(batch).join(', ')}.`,
    fix: 'Score data with that field, or train an unconditional variant.',
  })
}

function noDraw(name: string): never {
  throw new UnsupportedError({
    code: 'NOISE_IN_SCORE',
    message: `Scoring draws no noise, but the function asks for '${name}'.`,
  })
}
