import type { GantryError, NDArray } from '@gantry/core'
import { mostNumbers } from '../generation/check-size.ts'
import type { Departure } from '../http/departure.ts'
import { RequestError } from '../http/request-error.ts'
import type { ServerLimits } from '../limits.ts'
import { joined, keyOf, partOf } from './joined-rows.ts'
import { Pace } from './pace.ts'
import { modelLost, reasonOf, timedOut } from './queue-errors.ts'
import type { PooledWorker, WorkerPool } from './worker-pool.ts'

export type Arrays = Readonly<Record<string, NDArray>>

/** Batches on their way to a worker: the second is there when the first has been made. */
const DEPTH = 2

interface Job {
  readonly inputs: Arrays
  readonly rows: number
  /** Of its largest input or output. */
  readonly numbers: number
  /** Jobs of the same key can be joined: all lengths but the first are alike. */
  readonly key: string
  readonly since: number
  /** Whether it was answered, or given up: what becomes of it in a batch is nobody's any more. */
  settled: boolean
  /** Whether a batch with it has failed: it is tried once more, and alone. */
  failed: boolean
  resolve(outputs: Arrays): void
  reject(error: unknown): void
}

type QueueLimits = Pick<ServerLimits, 'largestBatch' | 'longestWait' | 'queue' | 'pixels' | 'milliseconds'>

/** Samples that are made in one go however long they take: by then a sample costs what it costs in a larger batch. */
export const USUAL_BATCH = 32

/** A batch may grow beyond that as long as it takes no longer: what it costs to send one to a worker and back is shared by more. */
const BATCH_MILLISECONDS = 10

/** Of the largest size, that may wait; many more small ones may. */
const LARGE_REQUESTS = 4

export interface BatchObserver {
  onBatch?(rows: number): void
}

/**
 * Joins the requests that wait for a model into batches.
 *
 * An idle worker takes what is there at once. Behind a batch that is being made the next one is filled until it is full, or until
 * its first request has waited for `longestWait`. So a lone request waits for nobody, and under load batches are large.
 */
export class BatchQueue {
  readonly #pool: WorkerPool
  readonly #limits: QueueLimits
  readonly #observer: BatchObserver
  readonly #waiting: Job[] = []
  /** All that are not settled, oldest first. */
  readonly #open = new Set<Job>()
  #deadline: NodeJS.Timeout | undefined
  readonly #sampleSize: (inputs: Arrays) => number
  #rowsWaiting = 0
  #numbersWaiting = 0
  #underWay = 0
  #rowsUnderWay = 0
  #scheduled = false
  #timer: NodeJS.Timeout | undefined
  readonly #pace = new Pace()
  #whenEmpty: (() => void)[] = []

  /** @param sampleSize numbers of a sample's largest input or output: batches and queues are bounded by them too */
  constructor(
    pool: WorkerPool,
    limits: QueueLimits,
    observer: BatchObserver = {},
    sampleSize: (inputs: Arrays) => number = () => 1,
  ) {
    this.#pool = pool
    this.#limits = limits
    this.#observer = observer
    this.#sampleSize = sampleSize
    pool.onChange = () => this.#schedule()
  }

  /** Samples that wait. */
  get depth(): number {
    return this.#rowsWaiting
  }

  /**
   * @param inputs [rows, ...shape] of every input, at most `largestBatch` rows
   * @param signal of a client that may go away
   * @throws RequestError `OVERLOADED` where too many wait, `TIMED_OUT` after `milliseconds`; the signal's reason
   */
  run(inputs: Arrays, signal?: Departure): Promise<Arrays> {
    const rows = Object.values(inputs)[0]?.shape[0] ?? 1
    const numbers = rows * this.#sampleSize(inputs)
    if (this.#isFull(rows, numbers)) return Promise.reject(this.#overloaded())
    if (signal?.aborted) return Promise.reject(reasonOf(signal))
    return new Promise((resolve, reject) => {
      const leave = () => this.#giveUp(job, reasonOf(signal!))
      const settle = () => {
        job.settled = true
        this.#open.delete(job)
        signal?.removeEventListener('abort', leave)
      }
      const job: Job = {
        inputs,
        rows,
        numbers,
        key: keyOf(inputs),
        since: performance.now(),
        settled: false,
        failed: false,
        resolve(outputs) {
          settle()
          resolve(outputs)
        },
        reject(error) {
          settle()
          reject(error)
        },
      }
      signal?.addEventListener('abort', leave)
      this.#open.add(job)
      this.#deadline ??= this.#whenLate(this.#limits.milliseconds)
      this.#waiting.push(job)
      this.#count([job], 1)
      this.#schedule()
    })
  }

  /** Its place is free from now on; where it is in a batch already, that goes on without anybody who wants it. */
  #giveUp(job: Job, reason: unknown): void {
    const place = this.#waiting.indexOf(job)
    if (place !== -1) {
      this.#waiting.splice(place, 1)
      this.#count([job], -1)
    }
    job.reject(reason)
    this.#schedule()
  }

  /** One timer for all: whoever came first is late first. */
  #whenLate(milliseconds: number): NodeJS.Timeout {
    const look = () => {
      this.#deadline = undefined
      for (const job of this.#open) {
        const left = job.since + this.#limits.milliseconds - performance.now()
        if (left > 0) {
          this.#deadline = this.#whenLate(left)
          return
        }
        this.#giveUp(job, timedOut())
      }
    }
    return setTimeout(look, Math.ceil(milliseconds)).unref()
  }

  /** Settles when nothing waits or is under way. */
  async drained(): Promise<void> {
    if (this.#underWay === 0 && this.#waiting.length === 0) return
    await new Promise<void>((resolve) => this.#whenEmpty.push(resolve))
  }

  /** After whoever came in this turn of the event loop. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#send()
    })
  }

  #send(): void {
    clearTimeout(this.#timer)
    for (;;) {
      const [first] = this.#waiting
      if (first === undefined) break
      if (this.#pool.isLost) {
        this.#count(this.#waiting, -1)
        for (const job of this.#waiting.splice(0)) job.reject(modelLost())
        break
      }
      const worker = this.#pool.leastBusy()
      if (worker === undefined || worker.busy >= DEPTH) break
      const batch = this.#nextBatch(first)
      const rows = rowsIn(batch)
      const waited = performance.now() - first.since
      const mayGrow = !first.failed && rows < this.#mostRows(first)
      if (worker.busy > 0 && mayGrow && waited < this.#limits.longestWait) {
        this.#timer = setTimeout(() => this.#send(), this.#limits.longestWait - waited)
        break
      }
      const own = new Set(batch)
      this.#waiting.splice(0, this.#waiting.length, ...this.#waiting.filter((job) => !own.has(job)))
      this.#count(batch, -1)
      void this.#make(worker, batch, rows)
    }
    if (this.#underWay === 0 && this.#waiting.length === 0) for (const done of this.#whenEmpty.splice(0)) done()
  }

  /** The first job and those after it that can be made with it; what has failed before goes alone. */
  #nextBatch(first: Job): Job[] {
    if (first.failed) return [first]
    const batch = [first]
    const most = this.#mostRows(first)
    let rows = first.rows
    for (const job of this.#waiting) {
      if (rows >= most) break
      if (job === first || job.failed || job.key !== first.key || rows + job.rows > most) continue
      batch.push(job)
      rows += job.rows
    }
    return batch
  }

  async #make(worker: PooledWorker, batch: readonly Job[], rows: number): Promise<void> {
    this.#underWay++
    this.#rowsUnderWay += rows
    this.#observer.onBatch?.(rows)
    try {
      const { outputs, milliseconds } = await worker.run(joined(batch.map(({ inputs }) => inputs)))
      this.#pace.learn(milliseconds, rows)
      let from = 0
      for (const job of batch) {
        job.resolve(partOf(outputs, from, job.rows))
        from += job.rows
      }
    } catch (error) {
      this.#tryAgain(batch, error)
    } finally {
      this.#underWay--
      this.#rowsUnderWay -= rows
      this.#schedule()
    }
  }

  /** A worker that died, or another request of the batch, may be to blame: each is tried once more. */
  #tryAgain(batch: readonly Job[], error: unknown): void {
    const mayHelp = batch.length > 1 || (error as GantryError).code === 'WORKER_LOST'
    const wanted = batch.filter((job) => !job.settled)
    const again = wanted.filter((job) => mayHelp && !job.failed)
    for (const job of wanted) if (!again.includes(job)) job.reject(error)
    for (const job of again) job.failed = true
    this.#count(again, 1)
    this.#waiting.unshift(...again)
  }

  /** @param sign 1 for jobs that come to wait, -1 for those that leave */
  #count(jobs: readonly Job[], sign: 1 | -1): void {
    for (const { rows, numbers } of jobs) {
      this.#rowsWaiting += sign * rows
      this.#numbersWaiting += sign * numbers
    }
  }

  /**
   * Large samples fill the memory before they are many, and slow ones would be given up before it is their turn; the first one always
   * finds room.
   */
  #isFull(rows: number, numbers: number): boolean {
    if (this.#rowsWaiting + rows > this.#limits.queue) return true
    if (this.#rowsWaiting === 0) return false
    const isLarge = this.#numbersWaiting + numbers > LARGE_REQUESTS * mostNumbers(this.#limits)
    return isLarge || this.#millisecondsOf(this.#rowsUnderWay + this.#rowsWaiting + rows) > this.#limits.milliseconds
  }

  /** How long all workers take for so many samples, as far as that is known. */
  #millisecondsOf(rows: number): number {
    return this.#pace.millisecondsOf(rows) / Math.max(1, this.#pool.alive)
  }

  /** Samples of a job's size that are made in one go. */
  #mostRows({ rows, numbers }: Job): number {
    const quick = Math.max(USUAL_BATCH, this.#pace.rowsIn(BATCH_MILLISECONDS))
    const small = Math.floor((mostNumbers(this.#limits) * rows) / numbers)
    return Math.max(1, Math.min(this.#limits.largestBatch, quick, small))
  }

  #overloaded(): RequestError {
    const seconds = Math.max(1, Math.ceil(this.#millisecondsOf(this.#rowsWaiting) / 1000))
    return new RequestError({
      status: 429,
      code: 'OVERLOADED',
      message: `${this.#rowsWaiting} samples wait already, of at most ${this.#limits.queue}, or fewer where they are large or slow.`,
      fix: `Ask again in ${seconds} s.`,
      retryAfter: seconds,
    })
  }
}

function rowsIn(batch: readonly Job[]): number {
  return batch.reduce((sum, { rows }) => sum + rows, 0)
}
