import { counted, ShapeError } from '@gantry/core'
import { checkFeatures, type FeatureMatrix } from '../features.ts'
import { divergence } from './divergence.ts'

export interface ClassModes {
  /** Classes that at least one sample is taken for. */
  readonly covered: number
  readonly classes: number
  readonly counts: Int32Array
  /** KL divergence in nats of the predicted classes from equal shares. */
  readonly divergenceFromUniform: number
  /** From the reference's classes, where there is a reference; infinite where samples have a class that it lacks. */
  readonly divergenceFromReference?: number
}

/** The class of the greatest logit of every sample; the first of equal ones. */
export function predictedClasses(logits: FeatureMatrix): Int32Array {
  checkFeatures('Predicted classes', logits)
  const { rows, columns, data } = logits
  return Int32Array.from({ length: rows }, (_, row) => {
    const scores = data.subarray(row * columns, (row + 1) * columns)
    let best = 0
    for (let column = 1; column < columns; column++) if (scores[column]! > scores[best]!) best = column
    return best
  })
}

/**
 * Combines the labels of several parts of a sample into one: [2, 0, 7] becomes 207 with ten classes each. Stacked MNIST
 * (Metz et al. 2017) is three digits as colour channels, with 1,000 modes.
 */
export function stackLabels(parts: readonly Int32Array[], classes: number): Int32Array {
  const [first] = parts
  const odd = parts.find((part) => part.length !== first?.length)
  if (first === undefined || odd !== undefined) {
    throw new ShapeError({
      code: 'LABELS_MISSIZED',
      message: `Labels are stacked sample by sample, but the parts have ${parts.map((part) => part.length).join(', ') || 'no'} labels.`,
    })
  }
  return first.map((_, row) => parts.reduce((label, part) => label * classes + part[row]!, 0))
}

/**
 * Counts the classes that a classifier sees in samples (Che et al. 2017, Srivastava et al. 2017, Lin et al. 2018): how many
 * there are, and how evenly they come.
 *
 * @param labels class of every sample, as {@link predictedClasses} gives them
 * @param reference classes of the training data
 * @throws ShapeError `LABELS_OUT_OF_RANGE`
 *
 * @example
 * ```ts
 * const { covered } = countClassModes(predictedClasses(logits), { classes: 10 })
 * ```
 */
export function countClassModes(
  labels: Int32Array,
  { classes, reference }: { readonly classes: number; readonly reference?: Int32Array },
): ClassModes {
  const counts = countLabels(labels, classes)
  return {
    covered: counts.filter((count) => count > 0).length,
    classes,
    counts,
    divergenceFromUniform: divergence(counts),
    ...(reference && { divergenceFromReference: divergence(counts, countLabels(reference, classes)) }),
  }
}

/**
 * How often each class occurs.
 *
 * @throws ShapeError `LABELS_OUT_OF_RANGE`
 */
export function countLabels(labels: Int32Array, classes: number): Int32Array {
  const counts = new Int32Array(classes)
  for (const [row, label] of labels.entries()) {
    if (!(label >= 0 && label < classes)) {
      throw new ShapeError({
        code: 'LABELS_OUT_OF_RANGE',
        message: `The label of sample ${row} is ${label} but there are ${counted(classes, 'class', 'classes')}, 0 to ${classes - 1}.`,
      })
    }
    counts[label]!++
  }
  return counts
}
