import { createOnnxRuntimeInference } from '@gantry/backend-onnxruntime'
import { exportModel } from '@gantry/compiler'
import {
  type InferenceSession,
  MANIFEST_KEY,
  type ModelManifest,
  type NDArray,
  type State,
  TrainingError,
} from '@gantry/core'
import { decodeModel, encodeModel } from '@gantry/onnx'
import { axesAround, drawLatents, gantryVersion, hashState, realSamples, writeFileAtomically } from '@gantry/training'
import { findVariant } from '@gantry/variants'
import type { OpenTraining } from './open-training.ts'
import { prepareTensorflow } from './tensorflow.ts'

/** Batch sizes at which an export is compared with the trainer: one, an odd one, and a full grid. */
const CHECKED_BATCHES = [1, 7, 64] as const

/** Rounding is 1e-6 or less; an export that differs by more than this part of the value range is another network. */
const LARGEST_PARITY_ERROR = 1e-3

export interface GeneratorExport {
  readonly path: string
  readonly manifest: ModelManifest
}

export interface ExportRequest {
  readonly state: State
  readonly step: number
  readonly weights: 'ema' | 'raw'
  readonly path: string
}

/**
 * Writes a generator as an ONNX model with its manifest, after comparing its samples with the trainer's.
 *
 * @throws TrainingError `EXPORT_DIFFERS`, StorageError
 */
export async function exportGenerator(training: OpenTraining, request: ExportRequest): Promise<GeneratorExport> {
  const { model, session, dataset, config } = training
  const { title, paper } = findVariant(config.variant)
  const generator = model.functions.find(({ name }) => name === functionName(request.weights))!
  await session.writeState(request.state)
  await assignVariables(model.variables, request.state)
  const bytes = await exportModel(generator.program, {
    name: `${config.variant}-generator`,
    inputs: generator.feeds,
    documentation: `${title} trained on ${dataset.name} for ${request.step} steps (${paper.authors} ${paper.year}, ${paper.url})`,
  })
  const decoded = decodeModel(bytes)
  const valueRange =
    dataset.kind === 'image' ? ([-1, 1] as const) : axesAround(await realSamples(dataset, 1000, config.seed))
  const manifest: ModelManifest = {
    manifestVersion: 1,
    gantryVersion,
    variant: config.variant,
    dataset: dataset.name,
    latent: { input: 'latent', ...model.latent },
    sample: { output: 'samples', kind: dataset.kind, shape: dataset.sampleShape, valueRange },
    ...(dataset.labels && { labels: dataset.labels }),
    weights: request.weights,
    trainingStep: request.step,
    weightsHash: hashState(Object.fromEntries(decoded.graph.initializers)),
    parityError: await measureParity(training, bytes, request.weights, valueRange),
    batchSizesChecked: CHECKED_BATCHES,
  }
  const metadata = { ...decoded.metadata, [MANIFEST_KEY]: JSON.stringify(manifest) }
  await writeFileAtomically(request.path, encodeModel({ ...decoded, metadata }))
  return { path: request.path, manifest }
}

function functionName(weights: ExportRequest['weights']): string {
  return weights === 'ema' ? 'generateEma' : 'generateRaw'
}

/** Exporting reads TF.js's variables, which a session on another engine does not keep up to date. */
async function assignVariables(variables: OpenTraining['model']['variables'], state: State): Promise<void> {
  const tf = await prepareTensorflow()
  for (const [name, variable] of Object.entries(variables)) {
    const { data, shape } = state[name]!
    const value = tf.tensor(data as Float32Array, [...shape], variable.dtype)
    variable.assign(value)
    value.dispose()
  }
}

/** Largest absolute difference between the exported model's samples and the trainer's. */
async function measureParity(
  { model, session, config }: OpenTraining,
  bytes: Uint8Array,
  weights: ExportRequest['weights'],
  [minimum, maximum]: readonly [number, number],
): Promise<number> {
  const exported: InferenceSession = await createOnnxRuntimeInference({ device: 'cpu' }).load(bytes)
  let error = 0
  try {
    for (const count of CHECKED_BATCHES) {
      const latent = drawLatents(model.latent, { seed: config.seed, count })
      const own = await exported.run({ latent })
      const trainers = await session.evaluate(functionName(weights), { latent })
      error = Math.max(error, largestDifference(own.samples!, trainers.samples!))
    }
  } finally {
    await exported.dispose()
  }
  if (error <= LARGEST_PARITY_ERROR * (maximum - minimum)) return error
  throw new TrainingError({
    code: 'EXPORT_DIFFERS',
    message: `The exported generator differs from the trainer by ${error} in a value range of ${minimum} to ${maximum}.`,
    fix: 'Please report this with the run folder.',
  })
}

function largestDifference(left: NDArray, right: NDArray): number {
  let largest = left.data.length === right.data.length ? 0 : Number.POSITIVE_INFINITY
  for (let index = 0; index < left.data.length; index++) {
    // Written so that a NaN counts as the largest difference.
    const difference = Math.abs(Number(left.data[index]) - Number(right.data[index]))
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference
  }
  return largest
}
