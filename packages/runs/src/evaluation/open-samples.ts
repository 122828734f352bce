import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { ConfigurationError } from '@gantry/core'
import { datasetOptions, type OpenDatasetOptions, openDataset } from '@gantry/datasets'
import { UNKNOWN_DATASET } from '../generators/described-model.ts'
import { type LoadOptions, loadGenerator } from '../generators/load-generator.ts'
import { RunFolder } from '../run-folder.ts'
import { datasetSamples, type FirstElements, generatorSamples, type Samples } from './samples.ts'

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
  /** Options of the data set. */
  readonly dataOptions?: Readonly<Record<string, unknown>>
  /** What the other side's samples are, where that is known: what can be brought to it is. */
  readonly like?: Pick<Samples, 'field' | 'title'>
  /** The field that is scored; default: the first that can be. */
  readonly field?: string
}

/** Opens a data set, or a folder that is named with or without `folder:`. */
export async function openDataSamples(
  name: string,
  { dataOptions = {}, like, field, ...options }: OpenOptions,
): Promise<Samples> {
  const data = datasetNameOf(name)
  const wanted = optionsLike(data, like)
  const dataset = await openDataset(data, { ...options, ...wanted, ...dataOptions }).catch((cause) => {
    const asked = { ...wanted, ...dataOptions }.channels
    if (like === undefined || cause?.code !== 'CHANNELS_INVALID' || asked !== wanted.channels) throw cause
    throw channelsDiffer(data, like, cause)
  })
  return datasetSamples(dataset, field)
}

/** Nobody asked for these channels: the other side has them. */
function channelsDiffer(
  data: string,
  { title, field }: NonNullable<OpenOptions['like']>,
  cause: unknown,
): ConfigurationError {
  const [, , channels] = field.shape
  return new ConfigurationError({
    code: 'CHANNELS_DIFFER',
    message: `The images of ${title} have ${channels} channels, which ${data} cannot give, so they cannot be compared.`,
    fix: `Compare it with images of ${channels} channels: for a generator those that it was trained on, or a folder, which gives both colour and grey.`,
    cause,
  })
}

/** A folder may be named without `folder:`. */
export function datasetNameOf(name: string): string {
  return isFolder(name) ? `folder:${resolve(name)}` : name
}

/** What brings images to the size of others; a data set that has no such options is what it is, and is compared with them later. */
function optionsLike(data: string, like: OpenOptions['like']): Readonly<Record<string, unknown>> {
  const shape = like?.field.shape ?? []
  const [size, , channels] = shape.length === 3 ? shape : []
  const understood = datasetOptions(data).map(({ name }) => name)
  const wanted = Object.entries({ size, channels }).filter(
    ([name, value]) => value !== undefined && understood.includes(name),
  )
  return Object.fromEntries(wanted)
}

/** A generator, the data set that it was trained on, and the field of it that its samples imitate. */
export interface OpenedGenerator {
  readonly samples: Samples
  /** Undefined where nobody knows. */
  readonly data: string | undefined
  readonly dataOptions: Readonly<Record<string, unknown>>
  readonly field?: string
}

/**
 * Opens a generator: see {@link loadGenerator}.
 *
 * @param first see {@link generatorSamples}
 */
export async function openGenerator(
  target: string,
  seed: number,
  options: LoadOptions,
  first: FirstElements,
): Promise<OpenedGenerator> {
  const loaded = await loadGenerator(target, options)
  const { run, manifest } = loaded
  const [output] = Object.values(manifest.outputs)
  const known = manifest.dataset === UNKNOWN_DATASET ? undefined : manifest.dataset
  return {
    samples: generatorSamples(loaded, seed, first),
    data: run?.config.validation ?? run?.config.data ?? known,
    dataOptions: run?.config.dataOptions ?? {},
    ...(output?.field !== undefined && { field: output.field }),
  }
}

/** The file of statistics that `--data` names, where it names one. */
export function isStatisticsFile(data: string): boolean {
  // Arrays and pickles are none, but meant as such: reading them says so.
  if (!/\.(npz|safetensors|npy|pkl|pickle)$/i.test(data)) return false
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
