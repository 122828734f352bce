import { DataError } from '@gantry/core'

/** A label that no class has: the files do not belong together, or one is damaged. */
export function labelOutOfRange(place: string, label: number | bigint | string, classes: number): DataError {
  return new DataError({
    code: 'LABEL_OUT_OF_RANGE',
    message: `${place} has the label ${label}, but labels are integers from 0 to ${classes - 1}.`,
    fix: 'Check the file: it is damaged, or not of this data set.',
  })
}

/** Images and labels that cannot belong to each other. */
export function labelCountMismatch(images: string, labels: string): DataError {
  return new DataError({
    code: 'LABEL_COUNT_MISMATCH',
    message: `${images}, but ${labels}: every image needs exactly one label.`,
    fix: 'Fetch the files again, from one source.',
  })
}

/** Checks labels of one byte each; `record` says where a label stands. */
export function checkLabels(labels: Uint8Array, classes: number, record: (index: number) => string): void {
  const index = labels.findIndex((label) => label >= classes)
  if (index >= 0) throw labelOutOfRange(record(index), labels[index]!, classes)
}
