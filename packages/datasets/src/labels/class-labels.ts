import { counted } from '@gantry/core'
import { labelCountMismatch, labelOutOfRange } from './label-errors.ts'

/** A label as a file has it: the number of a class, or its name. */
export type RawLabel = number | string | null

/** Classes and the one of each sample. */
export interface ClassLabels {
  readonly names: readonly string[]
  readonly indices: Int32Array
}

/** Classes of the largest public sets (ImageNet-21k) five times over: a label above it is a mistake in the file. */
const MAXIMUM_CLASSES = 100_000

/**
 * Turns the labels of a file into indices. Numbers are indices already, named by `names` or by themselves; where a label
 * is a word, all are names, in the order of their letters.
 *
 * @param placeOf says where a label stands, for messages
 * @param names of the classes, where the file knows them
 * @returns undefined where every label is -1: there are none
 * @throws DataError `LABEL_OUT_OF_RANGE`; `LABEL_COUNT_MISMATCH` when some samples have none.
 */
export function classLabels(
  raw: readonly RawLabel[],
  placeOf: (index: number) => string,
  names?: readonly string[],
): ClassLabels | undefined {
  // How published test splits say that nobody knows.
  if (raw.length > 0 && raw.every((label) => Number(label) === -1)) return undefined
  const missing = raw.indexOf(null)
  if (missing >= 0) {
    const labelled = raw.filter((label) => label !== null).length
    throw labelCountMismatch(
      `There ${raw.length === 1 ? 'is' : 'are'} ${counted(raw.length, 'image')}`,
      `${counted(labelled, 'label')}; the first without is ${placeOf(missing)}`,
    )
  }
  const labels = raw as readonly (number | string)[]
  return labels.some((label) => typeof label === 'string')
    ? byName(labels, placeOf, names)
    : byNumber(labels, placeOf, names)
}

function byNumber(
  labels: readonly (number | string)[],
  placeOf: (index: number) => string,
  names: readonly string[] | undefined,
): ClassLabels {
  const classes = names?.length ?? MAXIMUM_CLASSES
  let highest = -1
  const indices = Int32Array.from(labels, (label, index) => {
    const number = Number(label)
    if (!Number.isInteger(number) || number < 0 || number >= classes) {
      throw labelOutOfRange(placeOf(index), label, classes)
    }
    highest = Math.max(highest, number)
    return number
  })
  return { names: names ?? Array.from({ length: highest + 1 }, (_, label) => String(label)), indices }
}

function byName(
  labels: readonly (number | string)[],
  placeOf: (index: number) => string,
  known: readonly string[] | undefined,
): ClassLabels {
  const names = known ?? [...new Set(labels.map(String))].sort()
  const indexOf = new Map(names.map((name, index) => [name, index]))
  const indices = Int32Array.from(labels, (label, index) => {
    const found = indexOf.get(String(label))
    if (found === undefined) throw labelOutOfRange(placeOf(index), label, names.length)
    return found
  })
  return { names, indices }
}
