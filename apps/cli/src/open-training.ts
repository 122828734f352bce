import type { Dataset, TrainingSession } from '@gantry/core'
import { type OpenDatasetOptions, openDataset } from '@gantry/datasets'
import { parseConfig, type RunConfig } from '@gantry/training'
import { findVariant, type GanModel } from '@gantry/variants'
import { prepareSession } from './prepare-session.ts'
import { prepareTensorflow } from './tensorflow.ts'

/** Everything that a run's configuration names, opened. */
export interface OpenTraining {
  /** With the size and channels that the data set turned out to have. */
  readonly config: RunConfig
  readonly dataset: Dataset
  readonly model: GanModel
  readonly session: TrainingSession
  dispose(): Promise<void>
}

export type OpenTrainingOptions = Pick<OpenDatasetOptions, 'strict' | 'signal' | 'onProgress'>

/** @throws ConfigurationError, DataError, UnsupportedError: whatever the configuration names and cannot be had */
export async function openTraining(config: RunConfig, options: OpenTrainingOptions = {}): Promise<OpenTraining> {
  const variant = findVariant(config.variant)
  const { size, channels } = config
  const dataset = await openDataset(config.data, { ...options, ...(size && { size }), ...(channels && { channels }) })
  const [height, , depth] = dataset.sampleShape
  const resolved = dataset.kind === 'image' ? { ...config, size: height, channels: depth as 1 | 3 } : config

  await prepareTensorflow()
  const model = variant.build({
    options: parseConfig(variant.schema, config.options, `The variant '${variant.name}'`),
    sampleShape: dataset.sampleShape,
    batchSize: config.batchSize,
    ...(dataset.labels && { classes: dataset.labels.length }),
    seed: config.seed,
  })
  const session = await prepareSession(model, config)
  return {
    config: resolved as RunConfig,
    dataset,
    model,
    session,
    dispose: async () => {
      await session.dispose()
      model.dispose()
      await dataset.dispose?.()
    },
  }
}
