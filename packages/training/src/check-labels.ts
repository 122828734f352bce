import { type Batch, DataError } from '@gantry/core'

/**
 * Checks the labels of a batch before an engine sees them: in a graph a label that no class has would become a row of
 * zeros, and training would go on with it.
 *
 * @param owner who is given the labels, for the message
 * @param classes number of classes that the model knows; any label that is not negative fits where it is not told
 * @throws DataError `LABEL_COUNT_MISMATCH`, `LABEL_OUT_OF_RANGE`
 */
export function checkLabels(owner: string, { samples, labels }: Required<Batch>, classes = Number.POSITIVE_INFINITY) {
  const count = samples.shape[0]!
  if (labels.shape.length !== 1 || labels.data.length !== count) {
    throw new DataError({
      code: 'LABEL_COUNT_MISMATCH',
      message: `${owner}: the batch has ${count} samples, but its labels have shape [${labels.shape}].`,
      fix: 'Give every sample exactly one label.',
    })
  }
  const place = labels.data.findIndex((label) => label < 0 || label >= classes)
  if (place === -1) return
  const known = Number.isFinite(classes)
    ? `the model knows ${classes} classes, 0 to ${classes - 1}`
    : 'labels count from 0'
  throw new DataError({
    code: 'LABEL_OUT_OF_RANGE',
    message: `${owner}: sample ${place} of the batch has the label ${labels.data[place]}, but ${known}.`,
    fix: 'Check the data set: its labels must be indices into the names of its classes.',
  })
}
