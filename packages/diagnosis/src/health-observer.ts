import type { Batch, Dataset, RunEvent } from '@gantry/core'
import { firstSamples, type Observer } from '@gantry/training'
import { type Looked, lookAt } from './looking.ts'
import { namesForNorms, normReadings } from './readings/norms.ts'
import { opinionReadings } from './readings/opinion.ts'
import { SampleReadings } from './readings/sample-readings.ts'
import { Diagnosis, type DiagnosisOptions } from './verdicts/diagnosis.ts'

export interface HealthOptions extends DiagnosisOptions {
  readonly every: number
  readonly dataset: Dataset
  readonly seed: number
  /** Samples of either kind that are compared; 128 by default. */
  readonly count?: number
  /** Samples of a step: with them it is known how often each sample of the data has been seen. */
  readonly batchSize?: number
  /** Samples of the same kind that are not trained on: they tell whether the discriminator knows those by heart that are. */
  readonly heldOut?: Dataset
}

/**
 * Watches how training goes: `health` events with what is read off samples, weights and gradients, and `verdict` events with what
 * follows from that.
 *
 * A model without a function `discriminate`, or samples that nothing compares, leave out the numbers that need them.
 */
export function healthObserver(options: HealthOptions): Observer {
  const { every, dataset, seed, count = 128, batchSize, heldOut, ...rest } = options
  const diagnosis = new Diagnosis(rest)
  const first = (from: Dataset) => firstSamples(from, Math.min(count, from.size), seed)
  let real: Promise<Batch> | undefined
  let unseen: Promise<Batch> | undefined
  let comparing: { readonly shape: string; readonly readings: Promise<SampleReadings | undefined> } | undefined
  const readSamples = async ({ port, real: own, generated, translated }: Looked) => {
    // In another stage samples may be larger.
    const shape = port.shape.join('×')
    if (comparing?.shape !== shape) comparing = { shape, readings: SampleReadings.of(port, own, dataset, seed) }
    return (await comparing.readings)?.read(generated, translated)
  }
  return {
    name: 'health',
    every,
    look: async (moment) => {
      real ??= first(dataset)
      unseen ??= heldOut && first(heldOut)
      const { model, step, stageFrom, scalars } = moment
      const looked = await lookAt(moment, await real, seed, await unseen)
      const learners = model.learners ?? {}
      const names = namesForNorms(learners)
      const state = names.length > 0 ? await moment.readState(names) : {}
      return async () => {
        const readings = {
          ...scalars,
          ...(batchSize !== undefined && { epochs: (step * batchSize) / dataset.size }),
          ...normReadings(learners, state),
          ...(looked?.logits && opinionReadings(looked.logits)),
          ...(looked && (await readSamples(looked))),
        }
        const verdicts = diagnosis.look({ step, stageFrom, readings })
        return [
          { type: 'health', step, readings },
          ...verdicts.map((verdict): RunEvent => ({ type: 'verdict', step, ...verdict })),
        ]
      }
    },
  }
}
