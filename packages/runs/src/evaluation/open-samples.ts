import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { ConfigurationError, describeProgress, type Port } from '@gantry/core'
import { datasetOptions, type OpenDatasetOptions, openDataset } from '@gantry/datasets'
import { isFolder } from '@gantry/files'
import { UNKNOWN_DATASET } from '../generators/described-model.ts'
import { type LoadedGenerator, type LoadOptions, loadGenerator } from '../generators/load-generator.ts'
import { RunFolder } from '../run-folder.ts'
import type { ScoredFunction } from './generator-samples.ts'
import { datasetSamples, type Samples } from './samples.ts'
import { loadWayBack } from './way-back.ts'

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
  readonly like?: Like
  /** The field that is scored; default: the first that can be. */
  readonly field?: string
}

/** Samples that others are brought to. */
interface Like {
  readonly title: string
  readonly field: Pick<Port, 'shape'>
  /** Options of the data that a side was trained on, for lengths that its samples leave open. */
  readonly usual?: Readonly<Record<string, unknown>>
}

/** Opens a data set, or a folder that is named with or without `folder:`. */
export async function openDataSamples(
  name: string,
  { dataOptions = {}, like, field, ...options }: OpenOptions,
): Promise<Samples> {
  const data = datasetNameOf(name)
  const wanted = optionsLike(data, like, dataOptions)
  const dataset = await openDataset(data, { ...options, ...wanted, ...dataOptions }).catch((cause) => {
    const asked = { ...wanted, ...dataOptions }.channels
    if (like === undefined || cause?.code !== 'CHANNELS_INVALID' || asked !== wanted.channels) throw cause
    throw channelsDiffer(data, like, cause)
  })
  return datasetSamples(dataset, field)
}

/** Nobody asked for these channels: the other side has them. */
function channelsDiffer(data: string, { title, field }: Like, cause: unknown): ConfigurationError {
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

/**
 * What brings images to the size of others, and cuts them out as those are; a data set that has no such options is what it is, and is
 * compared with them later.
 */
function optionsLike(
  data: string,
  like: OpenOptions['like'],
  asked: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const shape = like?.field.shape ?? []
  const [size, , channels] = shape.length === 3 ? shape : []
  const understood = datasetOptions(data).map(({ name }) => name)
  const usual = like?.usual ?? {}
  const known = (name: string, length: unknown) => (typeof length === 'string' ? usual[name] : length)
  const wanted = {
    size: known('size', size),
    channels: known('channels', channels),
    // Images of another size are cut out of what its asker says.
    loadSize: asked.size === undefined ? usual.loadSize : undefined,
  }
  return Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => value !== undefined && understood.includes(name)),
  )
}

/** A generator that was opened, the data set that it was trained on, and the field of it that its samples imitate. */
export interface OpenedGenerator extends Like {
  readonly scored: (seed: number) => ScoredFunction
  /** Undefined where nobody knows. */
  readonly data: string | undefined
  /** The same, of a run. */
  readonly trainedOn: string | undefined
  readonly usual: Readonly<Record<string, unknown>>
  readonly imitated?: string
}

/** Opens a generator: see {@link loadGenerator}. */
export async function openGenerator(target: string, options: LoadOptions): Promise<OpenedGenerator> {
  const loaded = await loadGenerator(target, options)
  const { run, manifest } = loaded
  const [output] = Object.values(manifest.outputs)
  const known = manifest.dataset === UNKNOWN_DATASET ? undefined : manifest.dataset
  return {
    scored: (seed) => scoredFunction(loaded, seed, options),
    title: titleOf(loaded),
    field: output!,
    data: run?.config.validation ?? run?.config.data ?? known,
    trainedOn: run?.config.data,
    usual: run?.config.dataOptions ?? {},
    ...(output?.field !== undefined && { imitated: output.field }),
  }
}

function titleOf({ manifest }: LoadedGenerator, seed?: number): string {
  return `${manifest.variant} on ${manifest.dataset} (${describeProgress(manifest)}${seed === undefined ? '' : `, seed ${seed}`})`
}

function scoredFunction(loaded: LoadedGenerator, seed: number, options: LoadOptions): ScoredFunction {
  const { evaluate, manifest, run, path } = loaded
  const { inputs, outputs, inverse } = manifest
  const back = inverse === undefined ? undefined : loadWayBack(loaded, inverse, options)
  return {
    name: run?.path ?? path,
    title: titleOf(loaded, seed),
    evaluate,
    inputs,
    outputs,
    ...(back && { back: back.open }),
    async dispose() {
      await back?.dispose()
      await loaded.dispose()
    },
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
