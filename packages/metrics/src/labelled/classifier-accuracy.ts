import { counted, ShapeError } from '@gantry/core'
import { checkFeatures, checkSameWidth, type FeatureMatrix } from '../features.ts'
import type { Work } from '../work.ts'
import { classifyLinearly, fitLogisticRegression, type RegressionOptions } from './logistic-regression.ts'

// Classification accuracy score: Ravuri and Vinyals, Classification accuracy score for conditional generative models,
// NeurIPS 2019: train a classifier on generated samples and their labels alone, test it on real ones.

/** Samples of any kind, and the class of each. */
export interface Labelled<Samples> {
  readonly samples: Samples
  readonly labels: Int32Array
}

export interface AccuracyRequest<Samples> {
  /** The classifier learns from these alone. */
  readonly generated: Labelled<Samples>
  /** And is tested on these. */
  readonly real: Labelled<Samples>
  readonly classes: number
}

export interface ClassifierAccuracy {
  /** Share of real samples that are classified as labelled. */
  readonly accuracy: number
  /** By class; NaN for classes that the real samples lack. Classes far below the others are what the generator misses. */
  readonly perClass: Float64Array
}

/** Trains a classifier, and returns what it takes each sample for. */
export type TrainClassifier<Samples> = (
  training: Labelled<Samples>,
  classes: number,
) => Promise<(samples: Samples) => Promise<Int32Array> | Int32Array>

/**
 * Classification accuracy score with a classifier of your own: in the paper a ResNet-50 on images.
 *
 * @throws ShapeError `LABELS_MISSIZED`, `LABELS_OUT_OF_RANGE`
 *
 * @example
 * ```ts
 * const { accuracy } = await classifierAccuracy({ generated, real, classes: 10 }, trainResNet)
 * ```
 */
export async function classifierAccuracy<Samples>(
  { generated, real, classes }: AccuracyRequest<Samples>,
  train: TrainClassifier<Samples>,
): Promise<ClassifierAccuracy> {
  for (const { labels } of [generated, real]) checkLabels(labels, classes)
  const classify = await train(generated, classes)
  const predicted = await classify(real.samples)
  checkCount('predictions', predicted.length, real.labels.length)
  const [correct, total] = [new Float64Array(classes), new Float64Array(classes)]
  for (const [row, label] of real.labels.entries()) {
    total[label]!++
    if (predicted[row] === label) correct[label]!++
  }
  const right = correct.reduce((sum, count) => sum + count, 0)
  return { accuracy: right / real.labels.length, perClass: correct.map((count, own) => count / total[own]!) }
}

/**
 * `linear-classifier-accuracy`: the score with logistic regression on features. It is no CAS, whose classifier learns the
 * features as well, and higher than it: the features come from a network that has seen real data. It costs seconds instead
 * of a training, and falls with it when generated classes are mixed up or too uniform.
 *
 * @throws ShapeError `LABELS_MISSIZED`, `LABELS_OUT_OF_RANGE`, `FEATURE_WIDTHS_DIFFER`, `FEATURES_NOT_FINITE`,
 * `FEATURES_MISSIZED`
 *
 * @example
 * ```ts
 * const { accuracy } = await linearClassifierAccuracy({
 *   generated: { samples: generatedFeatures, labels: generatedLabels },
 *   real: { samples: testFeatures, labels: testLabels },
 *   classes: 10,
 * })
 * ```
 */
export async function linearClassifierAccuracy(
  request: AccuracyRequest<FeatureMatrix>,
  options: RegressionOptions & Work = {},
): Promise<ClassifierAccuracy> {
  const { generated, real } = request
  for (const { samples, labels } of [generated, real]) {
    checkFeatures('Linear classifier accuracy', samples)
    checkCount('labels', labels.length, samples.rows)
  }
  checkSameWidth(generated.samples, real.samples)
  return classifierAccuracy(request, async ({ samples, labels }, classes) => {
    const classifier = await fitLogisticRegression(samples, labels, classes, options)
    return (others) => classifyLinearly(classifier, others)
  })
}

function checkLabels(labels: Int32Array, classes: number): void {
  const bad = labels.findIndex((label) => !(label >= 0 && label < classes))
  if (bad === -1 && labels.length > 0) return
  throw new ShapeError({
    code: 'LABELS_OUT_OF_RANGE',
    message:
      bad === -1
        ? 'Classifier accuracy: there are no samples.'
        : `Classifier accuracy: the label of sample ${bad} is ${labels[bad]} but there are ${counted(classes, 'class', 'classes')}, 0 to ${classes - 1}.`,
  })
}

function checkCount(what: string, count: number, samples: number): void {
  if (count === samples) return
  throw new ShapeError({
    code: 'LABELS_MISSIZED',
    message: `Classifier accuracy: ${counted(samples, 'sample')} but ${count} ${what}.`,
  })
}
