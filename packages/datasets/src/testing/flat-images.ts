import type { Dataset } from '@gantry/core'
import sharp from 'sharp'
import { floats, integers } from './values-of.ts'

/** An image of one grey, told from the others by its value. */
export function flatImage(value: number, format: 'png' | 'jpeg' = 'png'): Promise<Buffer> {
  const background = { r: value, g: value, b: value }
  return sharp({ create: { width: 16, height: 16, channels: 3, background } })
    .toFormat(format)
    .toBuffer()
}

/** Value and label of each flat image of an epoch, ordered by value. */
export async function contentOf(dataset: Dataset): Promise<[number, string | undefined][]> {
  const { value: batch } = await dataset.batches({ batchSize: dataset.size, seed: 1 }).next()
  const samples = floats(batch, 'image')
  const names = dataset.fields.label?.names
  const length = samples.length / dataset.size
  return Array.from({ length: dataset.size }, (_, row): [number, string | undefined] => [
    Math.round((samples[row * length]! + 1) * 127.5),
    names?.[integers(batch)[row]!],
  ]).sort(([left], [right]) => left - right)
}
