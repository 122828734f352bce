import type { Observer } from '../observer.ts'
import type { TrainOptions } from '../train-options.ts'
import { gridObserver } from './grid-observer.ts'
import { logObserver } from './log-observer.ts'

/** What looks at a run where nothing else is said: a log and sample grids. */
export function usualObservers({ dataset, config }: Pick<TrainOptions, 'dataset' | 'config'>): Observer[] {
  const { logEvery, sampleEvery, sampleCount, seed } = config
  return [logObserver(logEvery), gridObserver({ every: sampleEvery, dataset, seed, count: sampleCount })]
}
