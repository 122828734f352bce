import { exportModel } from '@gantry/compiler'
import { MANIFEST_KEY, type ModelManifest, type State } from '@gantry/core'
import { writeFileAtomically } from '@gantry/files'
import { decodeModel, encodeModel } from '@gantry/onnx'
import { axesAround, gantryVersion, hashState, realSamples } from '@gantry/training'
import { findVariant } from '@gantry/variants'
import type { OpenTraining } from './open-training.ts'
import { checkedBatches, measureParity } from './parity.ts'
import { prepareTensorflow } from './tensorflow.ts'

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
 * @throws TrainingError `EXPORT_DIFFERS` or `SAMPLES_NOT_FINITE`, StorageError
 */
export async function exportGenerator(training: OpenTraining, request: ExportRequest): Promise<GeneratorExport> {
  const { model, session, dataset, config } = training
  const { title, paper } = findVariant(config.variant)
  const functionName = request.weights === 'ema' ? 'generateEma' : 'generateRaw'
  const generator = model.functions.find(({ name }) => name === functionName)!
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
    ...(model.classes !== undefined && { conditioning: { input: 'labels', classes: model.classes } }),
    weights: request.weights,
    trainingStep: request.step,
    weightsHash: hashState(Object.fromEntries(decoded.graph.initializers)),
    parityError: await measureParity(training, functionName, bytes),
    batchSizesChecked: checkedBatches,
  }
  const metadata = { ...decoded.metadata, [MANIFEST_KEY]: JSON.stringify(manifest) }
  await writeFileAtomically(request.path, encodeModel({ ...decoded, metadata }))
  return { path: request.path, manifest }
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
