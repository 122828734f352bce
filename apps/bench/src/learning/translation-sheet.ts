import { type Dataset, type NDArray, ndarray } from '@gantry/core'
import { openDataset } from '@gantry/datasets'
import { enlargeBicubic, quantiseImages } from '@gantry/metrics'
import type { Translation } from '@gantry/modalities'
import type { LoadedGenerator, RunFolder } from '@gantry/runs'
import { firstSamples, generate } from '@gantry/training'
import { titledGrid } from './titled-grid.ts'

/** Images that are shown at the most, each in a row with what it was made of. */
const MOST = 30
const SEED = 1

/**
 * What a run makes of images that were held out, in columns with a title: what it is given, its output, and the truth, or, of images that have
 * none, real ones of the kind that it makes. Of what it makes larger there is bicubic interpolation, too.
 *
 * @returns a PNG
 */
export async function translationSheet(
  { evaluate, manifest }: LoadedGenerator,
  translation: Translation,
  { config }: RunFolder,
): Promise<Uint8Array> {
  const dataset = await openDataset(config.validation ?? config.data, config.dataOptions)
  try {
    const count = Math.min(MOST, dataset.size)
    const data = await firstSamples(dataset, count, SEED)
    const { inputs, outputs } = await generate(evaluate, manifest.inputs, { count, seed: SEED, data })
    const { input, source, output, target } = translation
    const given = quantiseImages(inputs[input]!, 0, source.range)
    const factor = source.reduced ?? 1
    return await titledGrid({
      source: squares(given, factor),
      ...(factor > 1 && { bicubic: enlargeBicubic(given, factor) }),
      output: quantiseImages(outputs[output]!, 0, target.range),
      [belongTogether(dataset, translation) ? 'truth' : 'real']: quantiseImages(data[target.field!]!, 0, target.range),
    })
  } finally {
    await dataset.dispose?.()
  }
}

/** Fields of different groups are not of one thing. */
function belongTogether({ groups }: Dataset, { source, target }: Translation): boolean {
  return groups?.some((group) => group.includes(source.field) && group.includes(target.field!)) ?? true
}

/** Each pixel as a square of so many. */
function squares(images: NDArray<'uint8'>, factor: number): NDArray<'uint8'> {
  const [count, height, width, channels] = images.shape as readonly [number, number, number, number]
  const large = ndarray('uint8', [count, height * factor, width * factor, channels])
  let at = 0
  for (let row = 0; row < count * height * factor; row++) {
    for (let column = 0; column < width * factor; column++) {
      const pixel = (Math.floor(row / factor) * width + Math.floor(column / factor)) * channels
      for (let channel = 0; channel < channels; channel++) large.data[at++] = images.data[pixel + channel]!
    }
  }
  return large
}
