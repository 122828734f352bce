import { GantryError } from '@gantry/core'
import type { LoadedGenerator } from '@gantry/runs/generators'
import type { Arrays } from './batch-queue.ts'

/** What computes: a generator whose session has a thread of its own. */
export type Generator = Pick<LoadedGenerator, 'manifest' | 'evaluate' | 'dispose'>

/** How long to wait until a worker that cannot be started is tried again. */
const PAUSE_MILLISECONDS = 1000

const noDraw = () => {
  throw new Error('An exported function has its noise among its inputs.')
}

/** A worker of a model, which is started again when it dies. */
export class PooledWorker {
  #generator: Generator | undefined
  readonly #start: () => Promise<Generator>
  readonly #onChange: () => void
  #busy = 0
  /** When it was done with its last batch. */
  #lastEnd = 0
  #closed = false
  #isLost = false

  constructor(generator: Generator, start: () => Promise<Generator>, onChange: () => void) {
    this.#generator = generator
    this.#start = start
    this.#onChange = onChange
  }

  get alive(): boolean {
    return this.#generator !== undefined
  }

  /** Whether it died, and could not be started again so far. */
  get isLost(): boolean {
    return this.#isLost
  }

  /** Batches that it has not finished. */
  get busy(): number {
    return this.#busy
  }

  /** What it makes of a batch, and how long it took for that, without the wait for the batch before. */
  async run(inputs: Arrays): Promise<{ readonly outputs: Arrays; readonly milliseconds: number }> {
    const generator = this.#generator!
    const start = performance.now()
    this.#busy++
    try {
      const outputs = await generator.evaluate(inputs, noDraw)
      const end = performance.now()
      const milliseconds = end - Math.max(start, this.#lastEnd)
      this.#lastEnd = end
      return { outputs, milliseconds }
    } catch (error) {
      if (GantryError.isInstance(error) && error.code === 'WORKER_LOST') void this.#replace(generator)
      throw error
    } finally {
      this.#busy--
    }
  }

  async dispose(): Promise<void> {
    this.#closed = true
    await this.#generator?.dispose()
  }

  /** @param lost the generator that is gone; only its first failure starts another */
  async #replace(lost: Generator): Promise<void> {
    if (this.#generator !== lost) return
    this.#generator = undefined
    await lost.dispose().catch(() => {})
    while (!this.#closed) {
      try {
        const started = await this.#start()
        if (this.#closed) return await started.dispose()
        this.#generator = started
        this.#isLost = false
        return this.#onChange()
      } catch {
        this.#isLost = true
        this.#onChange()
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS).unref())
      }
    }
  }
}

/** The workers of one version of a model. */
export class WorkerPool {
  readonly #workers: readonly PooledWorker[]
  /** Told when a worker has come back, or cannot. */
  onChange: () => void = () => {}

  /** @param start loads the model once more, in a thread of its own */
  static async start(start: () => Promise<Generator>, count: number): Promise<WorkerPool> {
    // The first one alone: it may have to export the model.
    const first = await start()
    const results = await Promise.allSettled([first, ...Array.from({ length: count - 1 }, start)])
    const generators = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
    const failure = results.find((result) => result.status === 'rejected')
    if (failure === undefined) return new WorkerPool(generators, start)
    await Promise.all(generators.map((generator) => generator.dispose()))
    throw failure.reason
  }

  private constructor(generators: readonly Generator[], start: () => Promise<Generator>) {
    this.#workers = generators.map((generator) => new PooledWorker(generator, start, () => this.onChange()))
  }

  get alive(): number {
    return this.#workers.filter(({ alive }) => alive).length
  }

  /** Whether nobody is there, nor comes soon. */
  get isLost(): boolean {
    return this.#workers.every(({ isLost }) => isLost)
  }

  /** The worker with the least to do; none where all are gone. */
  leastBusy(): PooledWorker | undefined {
    const alive = this.#workers.filter(({ alive }) => alive)
    return alive.reduce<PooledWorker | undefined>(
      (least, worker) => (least === undefined || worker.busy < least.busy ? worker : least),
      undefined,
    )
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.dispose()))
  }
}
