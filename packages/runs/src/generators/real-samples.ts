import type { Batch } from '@gantry/core'
import { type Modality, portsFromData } from '@gantry/modalities'
import { type Arrays, firstSamples, type GenerateOptions } from '@gantry/training'
import type { RunFolder } from '../run-folder.ts'
import type { LoadedGenerator } from './load-generator.ts'

/** The first samples that the data which a run is shown on give for a seed, by field. */
export async function realSamples({ config }: RunFolder, count: number, seed = config.seed): Promise<Batch> {
  // Loaded when it is needed: a generator alone wants no data.
  const { openDataset } = await import('@gantry/datasets')
  const dataset = await openDataset(config.validation ?? config.data, config.dataOptions)
  try {
    return await firstSamples(dataset, count, seed)
  } finally {
    await dataset.dispose?.()
  }
}

/** The data for inputs that take them where nobody gives any; nothing where there are none, or no run that knows its data. */
export async function dataForInputs(
  { manifest, run }: Pick<LoadedGenerator, 'manifest' | 'run'>,
  given: readonly string[],
  { count, seed }: Pick<GenerateOptions, 'count' | 'seed'>,
  registry?: readonly Modality[],
): Promise<Arrays> {
  const open = Object.keys(portsFromData(manifest.inputs, registry)).some((name) => !given.includes(name))
  return open && run !== undefined ? realSamples(run, count, seed) : {}
}
