import { findFunction, type Port } from '@gantry/core'
import type { OpenedDataset } from '@gantry/datasets'
import { wayBack } from '@gantry/modalities'
import type { Moment, Observer, RunConfig } from '@gantry/training'
import { scoreSides } from './evaluation/evaluate-run.ts'
import type { FedFunction } from './evaluation/fed-batches.ts'
import { generatorSamples, type ScoredFunction } from './evaluation/generator-samples.ts'
import { datasetSamples, fittedSamples, type Samples } from './evaluation/samples.ts'

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
    baselines: false,
    ...(metrics && { metrics }),
    ...(neighbours !== undefined && { neighbours }),
    ...(extractor && { extractor }),
  }
  return {
    name: 'scores',
    every,
    look: async (moment) => {
      const output = imitatedBy(moment)
      const samples = fittedSamples(datasetSamples(dataset, output.field), output)
      const generated = generatorSamples(scoredFunction(moment), seed, samples)
      const made = await inMemory(generated, Math.min(scoreCount, samples.available!), metrics)
      const sides = { real: { samples, name: samples.name }, generated: made, dispose: async () => {} }
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

/** The model's first shown function at this step. */
function scoredFunction({ model, evaluate, step }: Moment): ScoredFunction {
  const fn = findFunction(model, model.shown[0]!)
  const fed = ({ name, inputs, outputs }: typeof fn): FedFunction => ({
    evaluate: (given, draw) => evaluate(name, given, draw),
    inputs,
    outputs,
  })
  const back = wayBack(fn, model.functions)
  const name = `${model.name} at step ${step}`
  return { ...fed(fn), name, title: name, ...(back && { back: async () => fed(back) }), dispose: async () => {} }
}

/** The output whose field of the data the function imitates. */
function imitatedBy({ model }: Moment): Port {
  return Object.values(findFunction(model, model.shown[0]!).outputs)[0]!
}

/** The same samples, made now: at a later step the model would make others. */
async function inMemory(samples: Samples, count: number, metrics: readonly string[] | undefined): Promise<Samples> {
  const { cycle, ...rest } = samples
  const batches = await collected(samples.batches(0, count))
  const errors = cycle && (metrics?.includes('cycle') ?? true) ? await cycle(0, count) : undefined
  return {
    ...rest,
    available: count,
    async *batches() {
      yield* batches
    },
    ...(errors && { cycle: async () => errors }),
  }
}

async function collected<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}
