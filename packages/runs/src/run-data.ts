import { isDeepStrictEqual } from 'node:util'
import { type BoundField, ConfigurationError, counted, type Dataset, type Fields } from '@gantry/core'
import type { OpenedDataset } from '@gantry/datasets'
import { z } from 'zod'

/** What a run knows of its data, so that it can be exported, sampled and resumed: kept in its folder. */
export interface RunData {
  readonly name: string
  /** Samples in one epoch. */
  readonly size: number
  readonly fields: Fields
  /** Fields by the slots of the variant. */
  readonly binding: Readonly<Record<string, string>>
  /** Samples of each label, in the order of its names. */
  readonly labelCounts?: readonly number[]
  readonly fingerprint?: string
}

/** What a run's folder must say of its data, so that everything behind it can rely on that. */
export const runDataSchema = z.looseObject({
  name: z.string(),
  size: z.number(),
  fields: z.record(z.string(), z.looseObject({ modality: z.string(), dtype: z.string(), shape: z.array(z.number()) })),
  binding: z.record(z.string(), z.string()),
})

/** @param bound the fields that the variant was built for, by slot */
export function describeData(
  dataset: Dataset & Pick<OpenedDataset, 'labelCounts'>,
  bound: Readonly<Record<string, BoundField>>,
): RunData {
  const { name, size, fields, labelCounts, fingerprint } = dataset
  return {
    name,
    size,
    fields,
    binding: Object.fromEntries(Object.entries(bound).map(([slot, { field }]) => [slot, field])),
    ...(labelCounts && { labelCounts }),
    ...(fingerprint !== undefined && { fingerprint }),
  }
}

/** The fields of a run by slot, as they were when it was made. */
export function boundFieldsOf({ fields, binding }: RunData): Record<string, BoundField> {
  return Object.fromEntries(Object.entries(binding).map(([slot, field]) => [slot, { ...fields[field]!, field }]))
}

/**
 * Refuses to go on with other data than a run has begun with: its labels would mean other things, its batches would come in
 * another order.
 *
 * @throws ConfigurationError `DATA_CHANGED`, naming both
 */
export function checkSameData(run: string, before: RunData, now: RunData): void {
  const difference = differenceOf(before, now)
  if (difference === undefined) return
  throw new ConfigurationError({
    code: 'DATA_CHANGED',
    message: `The run in ${run} was trained on other data: ${difference}.`,
    fix: "Bring the data back as they were, or start a new run with another '--out'.",
  })
}

function differenceOf(before: RunData, now: RunData): string | undefined {
  const names = (fields: Fields) => Object.keys(fields).join(', ')
  if (!isDeepStrictEqual(Object.keys(before.fields).sort(), Object.keys(now.fields).sort())) {
    return `it had the fields ${names(before.fields)}, and now has ${names(now.fields)}`
  }
  for (const [name, field] of Object.entries(before.fields)) {
    const other = now.fields[name]!
    if (!isDeepStrictEqual(field.names, other.names)) {
      const [had, has] = listedBoth(field.names, other.names)
      return `'${name}' had the names ${had}, and now has ${has}`
    }
    if (!isDeepStrictEqual([field.modality, field.dtype, field.shape], [other.modality, other.dtype, other.shape])) {
      const describe = ({ modality, dtype, shape }: typeof field) => `${modality} ${dtype}[${shape}]`
      return `'${name}' was ${describe(field)}, and is now ${describe(other)}`
    }
  }
  if (before.size !== now.size) return `it had ${counted(before.size, 'sample')}, and now has ${now.size}`
  if (!isDeepStrictEqual(before.labelCounts, now.labelCounts)) {
    const [had, has] = listedBoth(before.labelCounts, now.labelCounts)
    return `its labels had ${had} samples, and now have ${has}`
  }
  // A data set that tells no fingerprint, or a run that was begun before there were any, cannot be compared further.
  const told = before.fingerprint !== undefined && now.fingerprint !== undefined
  if (!told || before.fingerprint === now.fingerprint) return undefined
  return `it had the fingerprint ${before.fingerprint?.slice(0, 12)}, and now has ${now.fingerprint?.slice(0, 12)}: names, order or contents of its samples are others`
}

const LISTED = 8

type Listable = readonly (string | number)[]

/** Both lists as far as a message has room for them: from where they differ, if that is far behind. */
function listedBoth(before: Listable = [], now: Listable = []): [string, string] {
  const place = before.findIndex((value, index) => value !== now[index])
  const first = place < LISTED ? 0 : place
  return [listed(before, first), listed(now, first)]
}

function listed(values: Listable, first: number): string {
  if (values.length === 0) return 'none'
  const shown = values.slice(first, first + LISTED)
  const [before, after] = [first > 0 ? ['…'] : [], values.length > first + LISTED ? ['…'] : []]
  return [...before, ...shown, ...after].join(', ') + (values.length > shown.length ? ` (${values.length})` : '')
}
