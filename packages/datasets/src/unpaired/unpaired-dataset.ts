import { type Batch, type BatchOptions, counted, type Dataset, type Fields, RandomStream } from '@gantry/core'
import { fingerprintOf } from '../fingerprint.ts'
import type { OpenedDataset } from '../opened-dataset.ts'

/**
 * One data set of two, whose samples have nothing to do with each other: fields `a` and `b`, the first field of each, and
 * `a-label`, `b-label` … for the others. Each side is shuffled by itself, also where both are the same data set.
 *
 * An epoch is one of the larger side. Disposing it disposes both.
 */
export async function unpairedDataset(a: OpenedDataset, b: OpenedDataset): Promise<OpenedDataset> {
  const size = Math.max(a.size, b.size)
  const names = { a: namesOf('a', a.fields), b: namesOf('b', b.fields) }
  const labelCounts = a.labelCounts ?? b.labelCounts
  const sidesOf = (text: (side: Dataset) => string) => `${text(a)}; ${text(b)}`
  return {
    specificationVersion: 2,
    name: `unpaired:${a.name},${b.name}`,
    size,
    fields: { ...renamed(a.fields, names.a), ...renamed(b.fields, names.b) },
    groups: [Object.values(names.a), Object.values(names.b)],
    fingerprint: await fingerprintOf([a.fingerprint, b.fingerprint]),
    ...(labelCounts && { labelCounts }),
    get description() {
      return {
        source: `${sidesOf(({ name, description }) => `${name} (${description.source})`)}; ${epochOf(a, b, size)}`,
        licence: sidesOf(({ name, description }) => `${name}: ${description.licence}`),
        skipped: [a, b].flatMap(({ name, description }) =>
          description.skipped.map((file) => ({ ...file, name: `${name}: ${file.name}` })),
        ),
      }
    },
    batches: (options) => joinBatches(sideBatches(a, 'a', options), sideBatches(b, 'b', options), names),
    async dispose() {
      await Promise.all([a.dispose?.(), b.dispose?.()])
    },
  }
}

type Names = Readonly<Record<string, string>>

/** What the fields of a side are called in both: `image` → `a`, `label` → `a-label`. */
function namesOf(side: string, fields: Fields): Names {
  return Object.fromEntries(
    Object.keys(fields).map((name, place) => [name, place === 0 ? side : `${side}-${name}`] as const),
  )
}

function renamed<Value>(values: Readonly<Record<string, Value>>, names: Names): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [names[name]!, value]))
}

function epochOf(a: Dataset, b: Dataset, size: number): string {
  const [larger, smaller] = a.size >= b.size ? [a, b] : [b, a]
  if (larger.size === smaller.size) return `an epoch is ${counted(size, 'sample')}, once through both`
  const times = (larger.size / smaller.size).toFixed(1)
  return `an epoch is ${counted(size, 'sample')}, once through ${larger.name} and ${times} times through ${smaller.name}`
}

/** The batches of one side, whose order is drawn from a seed of its own. */
function sideBatches(dataset: Dataset, side: string, options: BatchOptions): AsyncIterableIterator<Batch> {
  return dataset.batches({ ...options, seed: new RandomStream(options.seed, `unpaired/${side}`).uint32() })
}

async function* joinBatches(
  a: AsyncIterableIterator<Batch>,
  b: AsyncIterableIterator<Batch>,
  names: { readonly a: Names; readonly b: Names },
): AsyncGenerator<Batch, void> {
  try {
    for (;;) {
      const [left, right] = await Promise.all([a.next(), b.next()])
      if (left.done || right.done) return
      yield { ...renamed(left.value, names.a), ...renamed(right.value, names.b) }
    }
  } finally {
    await Promise.all([a.return?.(), b.return?.()])
  }
}
