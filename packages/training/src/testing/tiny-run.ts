import type { RunConfig } from '../run-config.ts'
import type { RunRecord } from '../run-record.ts'
import { train } from '../train.ts'
import type { TrainOptions } from '../train-options.ts'
import { tinyDataset } from './tiny-dataset.ts'
import { type TinyOptions, TinySession, tinyModel } from './tiny-session.ts'

/** Trains the tiny model in a new record, or goes on in one that is there. */
export async function trainTiny(
  record: RunRecord,
  config: RunConfig,
  changes: Partial<TrainOptions> & Partial<Pick<TinyOptions, 'learningRate' | 'delay'>> = {},
  shape: readonly number[] = [2],
) {
  const { learningRate, delay, ...overrides } = changes
  const options = {
    batchSize: config.batchSize,
    shape,
    ...(learningRate && { learningRate }),
    ...(delay && { delay }),
  }
  const session = new TinySession(options)
  const outcome = await train({
    model: tinyModel(options),
    session,
    dataset: tinyDataset(shape),
    record,
    config,
    ...overrides,
  })
  return { outcome, state: await session.readState() }
}
