import '@tensorflow/tfjs-backend-cpu'
import { createHash } from 'node:crypto'
import { compileModel } from '@gantry/compiler'
import {
  type Dataset,
  type DrawFeed,
  drawMissing,
  type EngineReport,
  findPhase,
  type NDArray,
  type Phase,
  type State,
  type TrainingSession,
} from '@gantry/core'
import { openDataset } from '@gantry/datasets'
import { configureRun, MemoryRecord, train } from '@gantry/training'
import { buildModel, findVariant } from '@gantry/variants'
import { setBackend } from '@tensorflow/tfjs-core'

/** Steps of a recorded run: its phases are looked at in their first, their second and their last one. */
const STEPS = 18

/** A run whose feeds are recorded. Its seed and its batch size are always the same. */
export interface RecordedRun {
  readonly variant: string
  readonly data: string
  readonly options: Readonly<Record<string, unknown>>
}

/** Phase → feed → step → {@link hashArray}. */
export type FeedHashes = Record<string, Record<string, Record<string, string>>>

/** The first 16 digits of SHA-256 over dtype, shape and bytes. */
export function hashArray({ dtype, shape, data }: NDArray): string {
  const hash = createHash('sha256').update(`${JSON.stringify([dtype, shape])}\n`)
  return hash
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest('hex')
    .slice(0, 16)
}

/** Opened once: what reads them does not change them. */
const datasets = new Map<string, Promise<Dataset>>()

function datasetOf(name: string): Promise<Dataset> {
  const dataset = datasets.get(name) ?? openDataset(name)
  datasets.set(name, dataset)
  return dataset
}

/** An engine that trains nothing: it takes what it is given, asks for noise as the others do, and keeps the hashes. */
class FeedRecorder implements TrainingSession {
  readonly report: EngineReport = { engine: 'recorder', version: '1.0', device: 'cpu', rejected: [], warnings: [] }
  readonly hashes: FeedHashes = {}
  readonly #phases: readonly Phase<unknown>[]
  readonly #runs = new Map<string, number>()

  constructor(phases: readonly Phase<unknown>[]) {
    this.#phases = phases
  }

  async run(name: string, feeds: Readonly<Record<string, NDArray>>, draw?: DrawFeed): Promise<Record<string, number>> {
    const phase = findPhase({ name: 'recorded', phases: this.#phases }, name)
    const count = this.#runs.get(name) ?? 0
    this.#runs.set(name, count + 1)
    const step = count * phase.every + (phase.offset ?? 0)
    const all = drawMissing(phase.feeds, feeds, draw)
    this.hashes[name] ??= {}
    if (count > 1 && step + phase.every < STEPS) return {}
    for (const [feed, array] of Object.entries(all)) {
      this.hashes[name][feed] ??= {}
      this.hashes[name][feed][step] = hashArray(array)
    }
    return {}
  }

  async evaluate(): Promise<Record<string, NDArray>> {
    return {}
  }

  async readState(): Promise<State> {
    return {}
  }

  async writeState(): Promise<void> {}

  async dispose(): Promise<void> {}
}

/**
 * What engines are fed with, by the training loop itself: batches of the real data set, declared random feeds, and noise
 * that programs draw by name, which their recording tells.
 */
export async function recordFeeds({ variant, data, options }: RecordedRun): Promise<FeedHashes> {
  await setBackend('cpu')
  const definition = findVariant(variant)
  const config = configureRun(definition, { data, options, batchSize: 4, seed: 11, steps: STEPS })
  const dataset = await datasetOf(data)
  const model = buildModel(definition, config, dataset.fields)
  try {
    const session = new FeedRecorder((await compileModel(model)).phases)
    await train({ model, session, dataset, record: new MemoryRecord(), config, observers: [] })
    return session.hashes
  } finally {
    model.dispose()
  }
}
