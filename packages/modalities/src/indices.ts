import type { Field, NDArray, Port } from '@gantry/core'

/** How many things the whole numbers of a field can stand for, where it tells. */
export function countOf({ names, range }: Pick<Field | Port, 'names' | 'range'>): number | undefined {
  return names?.length ?? (range && range[1] + 1)
}

/** The first place where whole numbers stand for nothing; -1 where all do. */
export function findOutOfRange(field: Field | Port, { data }: NDArray): number {
  const count = countOf(field) ?? Number.POSITIVE_INFINITY
  return Array.from(data, Number).findIndex((index) => !(index >= 0 && index < count))
}
