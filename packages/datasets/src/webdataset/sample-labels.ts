import { DataError } from '@gantry/core'
import type { RawLabel } from '../labels/class-labels.ts'
import { readSlices } from '../shards/read-slice.ts'
import { columnMissing } from '../shards/shard-errors.ts'
import type { SampleFiles } from './sample-files.ts'

/** Where the labels of a set stand: in a file of their own, or in a field of `key.json`. */
export interface LabelPlace {
  readonly extension: string
  readonly field?: string
}

/** Fields of `key.json` that are taken for labels, the first that the sample has. */
const FIELDS = ['label', 'cls', 'class']

/** A shard with its samples. */
export interface SampleShard {
  readonly path: string
  readonly name: string
  readonly samples: readonly SampleFiles[]
}

/**
 * Finds where the labels are, by the first sample: in `key.cls`, in a field of `key.json`, or in `key.txt`. Undefined for
 * unlabelled sets.
 *
 * @param labelColumn an extension, or a field of `key.json`; false for none
 * @throws DataError `COLUMN_MISSING`, `LABEL_UNREADABLE`
 */
export async function findLabels(shard: SampleShard, labelColumn?: string | false): Promise<LabelPlace | undefined> {
  const [{ files, key } = { files: new Map(), key: '' }] = shard.samples
  if (labelColumn === false) return undefined
  if (labelColumn === undefined && files.has('cls')) return { extension: 'cls' }
  if (labelColumn !== undefined && files.has(labelColumn)) return { extension: labelColumn }
  const fields = files.has('json') ? await readFields(shard, key) : {}
  const field = labelColumn === undefined ? FIELDS.find((each) => Object.hasOwn(fields, each)) : labelColumn
  if (field !== undefined && Object.hasOwn(fields, field)) return { extension: 'json', field }
  if (labelColumn === undefined) return files.has('txt') ? { extension: 'txt' } : undefined
  const there = [...[...files.keys()].map((each) => `.${each}`), ...Object.keys(fields)]
  throw columnMissing(`The sample '${key}' of '${shard.name}'`, `'${labelColumn}'`, there, 'labelColumn')
}

async function readFields(shard: SampleShard, key: string): Promise<object> {
  const sample = shard.samples.find((each) => each.key === key)!
  const [bytes] = await readSlices(shard.path, [sample.files.get('json')!])
  return parseFields(bytes!, shard, sample)
}

/** Reads the label of each sample of a shard; null where it has none. */
export async function readLabels(shard: SampleShard, { extension, field }: LabelPlace): Promise<RawLabel[]> {
  const labelled = shard.samples.filter(({ files }) => files.has(extension))
  const contents = await readSlices(
    shard.path,
    labelled.map(({ files }) => files.get(extension)!),
  )
  const byKey = new Map(labelled.map(({ key }, index) => [key, contents[index]!]))
  return shard.samples.map((sample) => {
    const bytes = byKey.get(sample.key)
    if (bytes === undefined) return null
    return toLabel(field === undefined ? decode(bytes) : fieldOf(parseFields(bytes, shard, sample), field))
  })
}

/** True when a `txt` says something else of almost every image: then it is a caption, no class. */
export function areCaptions(labels: readonly RawLabel[]): boolean {
  return labels.length > 1 && new Set(labels).size > labels.length / 2
}

/** Only what the file says: every object has a 'constructor'. */
function fieldOf(fields: object, field: string): unknown {
  return Object.hasOwn(fields, field) ? (fields as Record<string, unknown>)[field] : undefined
}

function toLabel(value: unknown): RawLabel {
  const text = typeof value === 'string' ? value.trim() : value
  if (typeof text === 'number') return text
  if (typeof text !== 'string' || text === '') return null
  return /^-?\d+$/.test(text) ? Number(text) : text
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

function parseFields(bytes: Uint8Array, shard: SampleShard, { key }: SampleFiles): object {
  try {
    return Object(JSON.parse(decode(bytes)))
  } catch (cause) {
    throw new DataError({
      code: 'LABEL_UNREADABLE',
      message: `'${key}.json' of '${shard.name}' is no JSON: ${(cause as Error).message}.`,
      fix: "Repair it, or set 'labelColumn' to false.",
      cause,
    })
  }
}
