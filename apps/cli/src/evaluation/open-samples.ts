import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { ConfigurationError } from '@gantry/core'
import { listDatasets, type OpenDatasetOptions, openDataset } from '@gantry/datasets'
import { RunFolder } from '@gantry/training'
import { type LoadedGenerator, loadGenerator } from '../load-generator.ts'
import { datasetSamples, generatorSamples, type Samples } from './samples.ts'

export type TargetKind = 'generator' | 'folder' | 'dataset'

/** What a target is: a run or a model, a folder of images, or the name of a data set. */
export async function kindOfTarget(target: string): Promise<TargetKind> {
  if (target.startsWith('folder:')) return 'folder'
  const found = statSync(target, { throwIfNoEntry: false })
  if (found?.isFile()) return 'generator'
  if (!found?.isDirectory()) return 'dataset'
  return (await RunFolder.isRun(target)) ? 'generator' : 'folder'
}

export interface OpenOptions extends Pick<OpenDatasetOptions, 'signal' | 'onProgress'> {
  /** Height and width of images. */
  readonly size?: number
  /** What the other side's samples are, where that is known: images are brought to it. */
  readonly like?: Pick<Samples, 'kind' | 'shape'>
}

/** Opens a data set, or a folder that is named with or without `folder:`. */
export async function openDataSamples(name: string, { size, like, ...options }: OpenOptions): Promise<Samples> {
  const data = isFolder(name) ? `folder:${resolve(name)}` : name
  // Points have no size to be brought to: that they do not fit is said later, with both shapes.
  const isPoints = listDatasets().some((listed) => listed.name === data && listed.kind === 'points')
  const [height, , channels] = like?.kind === 'image' && !isPoints ? like.shape : []
  const wanted = size ?? height
  return datasetSamples(
    await openDataset(data, {
      ...options,
      ...(wanted !== undefined && { size: wanted }),
      ...(channels !== undefined && { channels: channels as 1 | 3 }),
    }),
  )
}

/** A generator, and the data set that it was trained on. */
export async function openGenerator(
  target: string,
  seed: number,
): Promise<{ readonly loaded: LoadedGenerator; readonly samples: Samples; readonly data: string }> {
  const loaded = await loadGenerator(target)
  const data = loaded.run?.config.data ?? loaded.manifest.dataset
  return { loaded, samples: generatorSamples(loaded, seed), data }
}

/** The file of statistics that `--data` names, where it names one. */
export function isStatisticsFile(data: string): boolean {
  if (!/\.(npz|safetensors)$/i.test(data)) return false
  if (existsSync(data)) return true
  throw new ConfigurationError({
    code: 'TARGET_MISSING',
    message: `There is no file of statistics at ${data}.`,
    fix: "Write it with 'gantry stats DATASET --out FILE'.",
  })
}

function isFolder(name: string): boolean {
  return statSync(name, { throwIfNoEntry: false })?.isDirectory() === true
}
