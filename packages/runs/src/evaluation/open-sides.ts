import { readFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { ConfigurationError, ShapeError } from '@gantry/core'
import { datasetOptions } from '@gantry/datasets'
import { decodeStatistics, type StoredStatistics, sha256 } from '@gantry/metrics'
import type { LoadOptions } from '../generators/load-generator.ts'
import { generatorSamples } from './generator-samples.ts'
import {
  datasetNameOf,
  isStatisticsFile,
  kindOfTarget,
  type OpenOptions,
  openDataSamples,
  openGenerator,
} from './open-samples.ts'
import type { Samples } from './samples.ts'

/** The real side: a data set, or only its statistics. */
export type RealSide =
  | { readonly samples: Samples; readonly name: string }
  | { readonly statistics: StoredStatistics; readonly sha256: string; readonly name: string }

export interface Sides {
  readonly real: RealSide
  readonly generated: Samples
  /** Opens the data that the generator was trained on, where that is known. */
  readonly training?: () => Promise<Samples>
  /** Whether the real samples are those that the generator was trained on. */
  readonly ofTraining?: boolean
  dispose(): Promise<void>
}

export interface SidesOptions extends Pick<LoadOptions, 'describe' | 'onNote'> {
  /** Real samples, or statistics of them; default: what the generator was trained on. */
  readonly data?: string
  /** Options of data sets, of either side. */
  readonly dataOptions?: Readonly<Record<string, unknown>>
  readonly seed: number
}

/**
 * Opens both sides with images of one size: the generator's, else that of the real data.
 *
 * @throws ConfigurationError `DATA_MISSING`, `TARGET_MISSING`, `DATASET_UNKNOWN`; ShapeError `SAMPLES_DIFFER`; what the
 * sides throw
 */
export async function openSides(
  target: string,
  { data, dataOptions = {}, seed, ...loading }: SidesOptions,
  options: Pick<OpenOptions, 'signal' | 'onProgress'>,
): Promise<Sides> {
  const opened: Pick<Samples, 'dispose'>[] = []
  const keep = <Side extends Samples>(side: Side): Side => {
    opened.push(side)
    return side
  }
  const dispose = async () => {
    for (const side of opened) await side.dispose()
  }
  try {
    const kind = await kindOfTarget(target)
    if (kind === 'generator') {
      const { scored, ...generator } = await openGenerator(target, loading)
      const fn = scored(seed)
      opened.push(fn)
      const own = data === undefined ? { ...generator.usual, ...dataOptions } : dataOptions
      const { imitated } = generator
      const like = { ...options, dataOptions: own, like: generator, ...(imitated !== undefined && { field: imitated }) }
      const chosen = data ?? generator.data
      if (chosen === undefined) throw dataMissing(target)
      const real = await openReal(chosen, like, keep)
      // Inputs that take what the data have get it from the real side, which was opened to fit the generator.
      const generated = generatorSamples(fn, seed, 'samples' in real ? real.samples : undefined)
      const { trainedOn, usual } = generator
      // What is asked for holds for both: neighbours in the training data have the size of what is scored.
      const likewise = trainedOn && {
        ...like,
        dataOptions: { ...usual, ...optionsFor(trainedOn, chosen, dataOptions) },
      }
      const training = likewise && (() => openDataSamples(trainedOn, likewise).then(keep))
      const ofTraining = containsTraining(chosen, trainedOn) && isSubset(own, usual)
      const opening = { ...(training && { training }), ofTraining }
      return { real, generated, ...opening, dispose: checked(real, generated, dispose) }
    }
    if (data === undefined) throw dataMissing(target)
    const [ownOptions, realOptions] = [optionsFor(target, data, dataOptions), optionsFor(data, target, dataOptions)]
    if (kind === 'folder') {
      const real = await openReal(data, { ...options, dataOptions: realOptions }, keep)
      const like = 'samples' in real ? { like: real.samples } : {}
      const generated = keep(await openDataSamples(target, { ...options, dataOptions: ownOptions, ...like }))
      return { real, generated, dispose: checked(real, generated, dispose) }
    }
    const generated = keep(await openDataSamples(target, { ...options, dataOptions: ownOptions }))
    const real = await openReal(data, { ...options, dataOptions: realOptions, like: generated }, keep)
    return { real, generated, dispose: checked(real, generated, dispose) }
  } catch (error) {
    await dispose()
    throw error
  }
}

/** Whether data are those of the training, or hold them among others. */
function containsTraining(data: string, trainedOn: string | undefined): boolean {
  return trainedOn !== undefined && [data, `training:${data}`].includes(trainedOn)
}

function isSubset(options: Readonly<Record<string, unknown>>, all: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(options).every(([name, value]) => isDeepStrictEqual(all[name], value))
}

/** Each side gets the options that it understands; what neither does is refused where it is opened. */
function optionsFor(
  side: string,
  other: string,
  options: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const [own, others] = [understoodBy(side), understoodBy(other)]
  return Object.fromEntries(Object.entries(options).filter(([name]) => own.includes(name) || !others.includes(name)))
}

function understoodBy(side: string): string[] {
  return isStatisticsFile(side) ? [] : datasetOptions(datasetNameOf(side)).map(({ name }) => name)
}

function dataMissing(target: string): ConfigurationError {
  return new ConfigurationError({
    code: 'DATA_MISSING',
    message: `There are no real samples to compare ${target} with.`,
    fix: "Name a data set, a folder or a file of statistics with '--data'.",
  })
}

async function openReal(data: string, options: OpenOptions, keep: (samples: Samples) => Samples): Promise<RealSide> {
  if (!isStatisticsFile(data)) {
    const samples = keep(await openDataSamples(data, options))
    return { samples, name: samples.name }
  }
  const bytes = new Uint8Array(await readFile(data))
  return { statistics: decodeStatistics(bytes, data), sha256: await sha256(bytes), name: data }
}

function checked(real: RealSide, generated: Samples, dispose: () => Promise<void>): () => Promise<void> {
  const specOf = ({ field: { modality, shape } }: Samples) => `${modality} of ${shape.join('×')}`
  if ('samples' in real && specOf(real.samples) !== specOf(generated)) {
    const describe = (samples: Samples) => `${specOf(samples)} (${samples.name})`
    throw new ShapeError({
      code: 'SAMPLES_DIFFER',
      message: `Real samples are ${describe(real.samples)} but the generated ones are ${describe(generated)}.`,
      fix: "Compare samples of one modality and one size: '--size' sets that of images in folders.",
    })
  }
  return dispose
}
