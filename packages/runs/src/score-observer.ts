import { findFunction, type NDArray, rowsOf } from '@gantry/core'
import type { OpenedDataset } from '@gantry/datasets'
import { portsFromData } from '@gantry/modalities'
import { firstSamples, generate, type Moment, type Observer, type RunConfig } from '@gantry/training'
import { scoreSides } from './evaluation/evaluate-run.ts'
import { datasetSamples, type Samples } from './evaluation/samples.ts'

export interface ScoreObserverOptions {
  readonly every: number
  readonly dataset: OpenedDataset
  readonly config: Pick<RunConfig, 'seed' | 'scoreCount' | 'scoreMetrics' | 'scoreNeighbours' | 'scoreExtractor'>
}

/**
 * Scores what the model's first shown function makes against the data that it learns from, every so many steps: `score` events. The
 * engine waits while samples are drawn, and goes on while they are scored.
 */
export function scoreObserver({ every, dataset, config }: ScoreObserverOptions): Observer {
  const { seed, scoreCount, scoreMetrics: metrics, scoreNeighbours: neighbours, scoreExtractor: extractor } = config
  const options = {
    seed,
    count: scoreCount,
    resamples: 0,
    ...(metrics && { metrics }),
    ...(neighbours !== undefined && { neighbours }),
    ...(extractor && { extractor }),
  }
  return {
    name: 'scores',
    every,
    look: async (moment) => {
      const generated = await generatedSamples(moment, dataset, seed, scoreCount)
      const samples = datasetSamples(dataset, generated.imitated)
      const sides = { real: { samples, name: samples.name }, generated: generated.samples, dispose: async () => {} }
      const { signal } = moment
      return async () => {
        // Scores of a run that is to stop would keep its checkpoint waiting.
        const scoring = scoreSides(sides, { ...options, ...(signal && { signal }) })
        const evaluated = await scoring.catch((error) => {
          if (signal?.aborted) return undefined
          throw error
        })
        if (evaluated === undefined) return []
        const { evaluation } = evaluated
        const scores = evaluation.scores.map(({ name, value }) => [name, value] as const)
        return [{ type: 'score', step: moment.step, scores: Object.fromEntries(scores) }]
      }
    },
  }
}

/** What the function makes at this step, in memory; and the field of the data that it imitates. */
async function generatedSamples(
  { model, evaluate, step }: Moment,
  dataset: OpenedDataset,
  seed: number,
  count: number,
) {
  const fn = findFunction(model, model.shown[0]!)
  const fed = Object.keys(portsFromData(fn.inputs)).length > 0
  const data = fed ? await firstSamples(dataset, count, seed) : {}
  const made = await generate((inputs, draw) => evaluate(fn.name, inputs, draw), fn.inputs, { seed, count, data })
  const [[output, port] = ['', undefined]] = Object.entries(fn.outputs)
  const all = made.outputs[output]!
  const samples: Samples = {
    name: `${model.name} at step ${step}`,
    title: `${model.name} at step ${step}`,
    field: { ...port!, dtype: all.dtype, shape: all.shape.slice(1) },
    available: count,
    skipped: [],
    async *batches(from, wanted) {
      yield { samples: rowsOf(all as NDArray<'float32'>, from, wanted) }
    },
    dispose: async () => {},
  }
  return { samples, imitated: port!.field }
}
