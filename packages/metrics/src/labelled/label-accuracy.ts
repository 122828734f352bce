import { counted, ShapeError } from '@gantry/core'
import { countLabels } from '../modes/class-modes.ts'

export interface LabelAccuracy {
  /** Share of samples that the classifier takes for what they were asked to be. */
  readonly accuracy: number
  /** By class; NaN for classes that nobody asked for. */
  readonly perClass: Float64Array
}

/**
 * How often a classifier sees in generated samples the class that they were asked for: what conditional generators are held to,
 * GAN-test of Shmelkov, Schmid and Alahari, How good is my GAN?, ECCV 2018, section 3.
 *
 * @param predicted class of every sample, as `predictedClasses` gives them
 * @param asked class that the generator was given for it
 * @throws ShapeError `LABELS_MISSIZED`, `LABELS_OUT_OF_RANGE`
 *
 * @example
 * ```ts
 * const { accuracy } = labelAccuracy(predictedClasses(logits), labels, 10)
 * ```
 */
export function labelAccuracy(predicted: Int32Array, asked: Int32Array, classes: number): LabelAccuracy {
  if (predicted.length !== asked.length) {
    throw new ShapeError({
      code: 'LABELS_MISSIZED',
      message: `${counted(predicted.length, 'sample')} classified, but ${counted(asked.length, 'label')} asked for.`,
    })
  }
  const all = countLabels(asked, classes)
  const right = countLabels(
    asked.filter((label, row) => predicted[row] === label),
    classes,
  )
  const total = right.reduce((sum, count) => sum + count, 0)
  return { accuracy: total / asked.length, perClass: Float64Array.from(right, (count, label) => count / all[label]!) }
}
