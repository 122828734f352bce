import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { ConfigurationError, type DeviceRequest, joinRows, type ModelManifest } from '@gantry/core'
import { loadGenerator } from '@gantry/runs/generators'
import { sampleSize } from '../generation/check-size.ts'
import type { Departure } from '../http/departure.ts'
import type { ServerLimits } from '../limits.ts'
import { type Arrays, type BatchObserver, BatchQueue, USUAL_BATCH } from './batch-queue.ts'
import { partOf } from './joined-rows.ts'
import { type Generator, WorkerPool } from './worker-pool.ts'

export interface ServingOptions {
  readonly limits: ServerLimits
  /** Sessions of each model, each in a thread of its own. */
  readonly workers: number
  readonly device?: DeviceRequest
  /** Whether sessions have processes instead of threads. */
  readonly isolate?: boolean
  /** Ports of models that have no manifest: see `loadGenerator`. */
  readonly describe?: string
  readonly observer?: BatchObserver
  /** Milliseconds after which files are looked at again, to see whether they were replaced; default: 2000. */
  readonly lookAfter?: number
  /** Settles when the requests that run now have ended: until then one of them may still ask the version before. */
  readonly quiet?: () => Promise<void>
}

const LOOK_MILLISECONDS = 2000

/** One version of a model: whoever begins with it ends with it, though another has come meanwhile. */
export class LoadedModel {
  readonly name: string
  readonly manifest: ModelManifest
  /** Changes with the weights and the ports. */
  readonly version: string
  readonly #pool: WorkerPool
  readonly #queue: BatchQueue
  /** Samples of a request that are asked for together: several workers share one that is large. */
  readonly #largestPart: number

  static async open(name: string, path: string, options: ServingOptions): Promise<LoadedModel> {
    const { workers, device, isolate, describe } = options
    const threads = Math.max(1, Math.floor(availableParallelism() / workers))
    const engine = { threads, ...(device !== undefined && { device }), ...(isolate && { isolate }) }
    const start = () => loadGenerator(path, { engine, ...(describe !== undefined && { describe }) })
    return LoadedModel.start(name, start, options)
  }

  static async start(name: string, start: () => Promise<Generator>, options: ServingOptions): Promise<LoadedModel> {
    let manifest: ModelManifest | undefined
    const pool = await WorkerPool.start(async () => {
      const generator = await start()
      manifest ??= generator.manifest
      if (versionOf(generator.manifest) === versionOf(manifest)) return generator
      // The file was replaced meanwhile: workers of one version are of one version, and the next is loaded by itself.
      await generator.dispose()
      throw replaced(name)
    }, options.workers)
    return new LoadedModel(name, manifest!, pool, options)
  }

  private constructor(name: string, manifest: ModelManifest, pool: WorkerPool, { limits, observer }: ServingOptions) {
    this.name = name
    this.manifest = manifest
    this.version = versionOf(manifest)
    this.#pool = pool
    this.#largestPart = Math.min(USUAL_BATCH, limits.largestBatch)
    this.#queue = new BatchQueue(pool, limits, observer, sampleSize(manifest))
  }

  get ready(): boolean {
    return this.#pool.alive > 0
  }

  /** Samples that wait. */
  get depth(): number {
    return this.#queue.depth
  }

  /**
   * Outputs of any number of samples, which are made in parts where they are many.
   *
   * @param inputs [count, ...shape] of every input
   * @param signal takes it back: what waits gives its place free
   */
  run(inputs: Arrays, signal?: Departure): Promise<Arrays> {
    const count = Object.values(inputs)[0]?.shape[0] ?? 1
    return count <= this.#largestPart ? this.#queue.run(inputs, signal) : this.#runInParts(inputs, count, signal)
  }

  async #runInParts(inputs: Arrays, count: number, signal: Departure | undefined): Promise<Arrays> {
    const parts: Promise<Arrays>[] = []
    for (let from = 0; from < count; from += this.#largestPart) {
      const rows = Math.min(this.#largestPart, count - from)
      parts.push(this.#queue.run(partOf(inputs, from, rows), signal))
    }
    const outputs = await Promise.all(parts)
    return Object.fromEntries(
      Object.keys(outputs[0]!).map((name) => [name, joinRows(outputs.map((part) => part[name]!))]),
    )
  }

  /** Ends once everything that was asked of it is answered. */
  async close(): Promise<void> {
    await this.#queue.drained()
    await this.#pool.dispose()
  }
}

/** A model under its name. Its file is loaded anew when it is replaced; what was asked of the one before is answered by that. */
export class ServedModel {
  readonly name: string
  readonly #path: string
  readonly #options: ServingOptions
  readonly #onReload: (error?: unknown) => void
  #current: LoadedModel
  #seen: string
  #timer: NodeJS.Timeout
  #closed = false
  /** Versions before, that answer what was asked of them. */
  readonly #leaving = new Set<Promise<void>>()

  static async open(
    name: string,
    path: string,
    options: ServingOptions,
    onReload: (error?: unknown) => void = () => {},
  ): Promise<ServedModel> {
    // Before it is loaded, so that what comes meanwhile is seen later; a run may be exported only by that.
    const before = await signatureOf(path)
    const current = await LoadedModel.open(name, path, options)
    return new ServedModel(current, path, before || (await signatureOf(path)), options, onReload)
  }

  private constructor(
    current: LoadedModel,
    path: string,
    seen: string,
    options: ServingOptions,
    onReload: (error?: unknown) => void,
  ) {
    this.name = current.name
    this.#current = current
    this.#path = path
    this.#seen = seen
    this.#options = options
    this.#onReload = onReload
    this.#timer = this.#lookLater()
  }

  get current(): LoadedModel {
    return this.#current
  }

  /** Whether the file was replaced: then its new content answers from now on. A file that cannot be loaded changes nothing. */
  async look(): Promise<boolean> {
    const now = await signatureOf(this.#path)
    if (now === this.#seen || now === '') return false
    this.#seen = now
    try {
      const fresh = await LoadedModel.open(this.name, this.#path, this.#options)
      if (this.#closed) {
        await fresh.close()
        return false
      }
      this.#leave(this.#current)
      this.#current = fresh
      this.#onReload()
      return true
    } catch (error) {
      this.#onReload(error)
      return false
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await Promise.all([this.#current.close(), ...this.#leaving])
  }

  #leave(before: LoadedModel): void {
    const leaving = (this.#options.quiet?.() ?? Promise.resolve()).then(() => before.close())
    this.#leaving.add(leaving)
    void leaving.finally(() => this.#leaving.delete(leaving))
  }

  #lookLater(): NodeJS.Timeout {
    return setTimeout(async () => {
      await this.look()
      if (!this.#closed) this.#timer = this.#lookLater()
    }, this.#options.lookAfter ?? LOOK_MILLISECONDS).unref()
  }
}

function versionOf(manifest: ModelManifest): string {
  return createHash('sha256').update(JSON.stringify(manifest)).digest('hex').slice(0, 16)
}

function replaced(name: string): ConfigurationError {
  return new ConfigurationError({
    code: 'MODEL_REPLACED',
    message: `The file of the model '${name}' became another one while its workers were started.`,
  })
}

/** Changes with the file; empty where there is none. */
async function signatureOf(path: string): Promise<string> {
  const found = async (file: string) => {
    const about = await stat(file).catch(() => undefined)
    return about?.isDirectory() ? undefined : about
  }
  const about = (await found(path)) ?? (await found(join(path, 'generator.onnx')))
  return about === undefined ? '' : `${about.size} ${about.mtimeMs} ${about.ino}`
}
