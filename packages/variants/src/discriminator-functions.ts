import { type BoundField, type ModelFunction, type Port, portOf, type TensorProgram } from '@gantry/core'
import { reshape, type Tensor } from '@tensorflow/tfjs-core'
import { classesOf } from './bind-fields.ts'
import { judge } from './judge.ts'
import type { Network } from './network.ts'
import { asOneHot } from './one-hot.ts'

type Program = TensorProgram<Tensor>

/** What a discriminator judges. */
export interface DiscriminatorEnds {
  readonly samples: BoundField
  /** Of discriminators that are given them. */
  readonly labels?: BoundField | undefined
  /** How many times as large, a side, the images of the data are: 1 by default. */
  readonly reduced?: number
}

const LOGIT: Port = { modality: 'number', dtype: 'float32', shape: [] }
const FEATURES: Port = { modality: 'features', dtype: 'float32', shape: ['width'] }

/**
 * `discriminate`: logits, above 0 for real where the loss makes them one, and what the last hidden layer sees. Batch normalization
 * takes its running statistics, and nothing is augmented.
 *
 * A discriminator that compares the samples of a batch has none: what it says of a sample depends on those beside it.
 */
export function discriminatorFunctions(
  discriminator: Network,
  { samples, labels, reduced = 1 }: DiscriminatorEnds,
): ModelFunction<Program>[] {
  if (discriminator.joinsSamples) return []
  const classes = labels && classesOf(labels)
  return [
    {
      name: 'discriminate',
      weights: 'raw',
      inputs: {
        samples: { ...portOf(samples), ...(reduced > 1 && { reduced }) },
        ...(labels && { labels: portOf(labels) }),
      },
      outputs: { logits: LOGIT, features: FEATURES },
      program: (given) => {
        const own = classes === undefined ? undefined : asOneHot(given.labels!, classes)
        const { logits, features } = judge(discriminator, given.samples!, own, { training: false })
        return { logits: reshape(logits, [-1]), features }
      },
    },
  ]
}
