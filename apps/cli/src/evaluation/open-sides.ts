import { readFile } from 'node:fs/promises'
import { ConfigurationError, ShapeError } from '@gantry/core'
import { decodeStatistics, type StoredStatistics, sha256 } from '@gantry/metrics'
import { isStatisticsFile, kindOfTarget, type OpenOptions, openDataSamples, openGenerator } from './open-samples.ts'
import type { Samples } from './samples.ts'

/** The real side: a data set, or only its statistics. */
export type RealSide =
  | { readonly samples: Samples; readonly name: string }
  | { readonly statistics: StoredStatistics; readonly sha256: string; readonly name: string }

export interface Sides {
  readonly real: RealSide
  readonly generated: Samples
  dispose(): Promise<void>
}

export interface SidesFlags {
  readonly data?: string
  readonly size?: number
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
  { data, size, seed }: SidesFlags,
  options: Pick<OpenOptions, 'signal' | 'onProgress'>,
): Promise<Sides> {
  const opened: Samples[] = []
  const keep = <Side extends Samples>(side: Side): Side => {
    opened.push(side)
    return side
  }
  const dispose = async () => {
    for (const side of opened) await side.dispose()
  }
  const sized = { ...options, ...(size !== undefined && { size }) }
  try {
    const kind = await kindOfTarget(target)
    if (kind === 'generator') {
      const generator = await openGenerator(target, seed)
      const generated = keep(generator.samples)
      const real = await openReal(data ?? generator.data, { ...options, like: generated }, keep)
      return { real, generated, dispose: checked(real, generated, dispose) }
    }
    if (data === undefined) {
      throw new ConfigurationError({
        code: 'DATA_MISSING',
        message: `There are no real samples to compare ${target} with.`,
        fix: "Name a data set, a folder or a file of statistics with '--data'.",
      })
    }
    if (kind === 'folder') {
      const real = await openReal(data, sized, keep)
      const like = 'samples' in real ? { like: real.samples } : {}
      const generated = keep(await openDataSamples(target, { ...sized, ...like }))
      return { real, generated, dispose: checked(real, generated, dispose) }
    }
    const generated = keep(await openDataSamples(target, sized))
    const real = await openReal(data, { ...options, like: generated }, keep)
    return { real, generated, dispose: checked(real, generated, dispose) }
  } catch (error) {
    await dispose()
    throw error
  }
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
  if ('samples' in real && real.samples.shape.join() !== generated.shape.join()) {
    const describe = ({ name, kind, shape }: Samples) => `${kind} of ${shape.join('×')} (${name})`
    throw new ShapeError({
      code: 'SAMPLES_DIFFER',
      message: `Real samples are ${describe(real.samples)} but the generated ones are ${describe(generated)}.`,
      fix: "Compare samples of one kind and one size: '--size' sets that of images in folders.",
    })
  }
  return dispose
}
