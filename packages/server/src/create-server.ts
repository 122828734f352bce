import { availableParallelism } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { ConfigurationError, type DeviceRequest } from '@gantry/core'
import { Presenter } from './generation/presenter.ts'
import { BodyReader } from './http/body-reader.ts'
import { Budget } from './http/budget.ts'
import type { Log } from './http/observe-requests.ts'
import { ServerMetrics } from './http/server-metrics.ts'
import { UnderWay } from './http/under-way.ts'
import { type ServerLimits, usualLimits } from './limits.ts'
import { type Address, type Listening, type ListenOptions, listen } from './listen.ts'
import { modelNames } from './models/model-names.ts'
import { ServedModel } from './models/served-model.ts'
import { createApp } from './server-app.ts'
import { ShortWork } from './threads/short-work.ts'

/** Of the largest size, that may be on their way together. */
const BODIES = 16

/**
 * Sessions of a model where nobody says. Each has its share of the cores as threads, so that two make two batches side by side in
 * which no thread waits for another: beside clients that take cores, too, one session over all of them is half as fast.
 */
const MOST_WORKERS = 4

/** How long what is under way may take when the server is to stop, if nobody says. */
const LAST_MILLISECONDS = 9_500

/** What is left of that when connections that are not answered yet are ended. */
const ENDING_SHARE = 0.1

export interface ServerOptions {
  /** Files and runs, or `name=path`. */
  readonly models: readonly string[]
  /** Sessions of each model, each in a thread of its own, which share the cores; default: one a core, four at most. */
  readonly workers?: number
  readonly device?: DeviceRequest
  /** Whether sessions have processes instead of threads: one that native code takes down is replaced, and the server goes on. */
  readonly isolate?: boolean
  /** Ports of a model that has no manifest: see `loadGenerator` of @gantry/runs. */
  readonly describe?: string
  /** What clients must know; without one everybody may ask who reaches the server. */
  readonly apiKey?: string
  /** Origins whose pages may ask; none by default. */
  readonly cors?: readonly string[]
  readonly limits?: Partial<ServerLimits>
  /** Milliseconds after which files are looked at again, to see whether they were replaced; default: 2000. */
  readonly lookAfter?: number
  /** Told of every request, and of what goes wrong. */
  readonly log?: Log
}

export interface GantryServer {
  /** Answers a request, in any place that speaks the Web's `Request` and `Response`. */
  fetch(request: Request): Promise<Response>
  /**
   * Opens a port. Another host than this machine's own needs a key, or `force`.
   *
   * @throws ConfigurationError `HOST_OPEN`, `HOST_UNUSABLE`, `PORT_INVALID`, `PORT_TAKEN`
   */
  listen(options?: ListenOptions): Promise<Address>
  /**
   * Not ready any more; answers what is under way, and ends.
   *
   * @param milliseconds that it may take at most; default: 9,500, as those who stop processes kill them after ten seconds
   * @returns false where that did not suffice: then native calls go on, and only the end of the process ends them
   */
  close(milliseconds?: number): Promise<boolean>
}

/**
 * Loads models and serves them.
 *
 * @throws ConfigurationError `MODEL_NAME_INVALID`, `MODEL_TWICE`, `WORKERS_INVALID`, `KEY_EMPTY`; what `loadGenerator` throws
 *
 * @example
 * ```ts
 * const server = await createServer({ models: ['runs/digits'] })
 * const answer = await server.fetch(new Request('http://localhost/v1/models/digits/images/7.png'))
 * await server.close()
 * ```
 */
export async function createServer(options: ServerOptions): Promise<GantryServer> {
  const { log, workers = Math.min(MOST_WORKERS, availableParallelism()) } = options
  checkOptions(options, workers)
  const limits = { ...usualLimits, ...options.limits }
  const underWay = new UnderWay()
  const models = new Map<string, ServedModel>()
  const metrics = new ServerMetrics(() => [...models].map(([name, { current }]) => [name, current.depth]))
  const shortWork = new ShortWork()
  const presenter = new Presenter(shortWork)
  const together = new Budget(BODIES * limits.bodyBytes, 'Bodies')
  const bodies = new BodyReader({ most: limits.bodyBytes, together }, shortWork)
  const closeAll = async () => {
    await Promise.all([...models.values()].map((model) => model.close()))
    await Promise.all([presenter.close(), bodies.close()])
  }
  try {
    for (const [name, path] of modelNames(options.models)) {
      const observer = { onBatch: (rows: number) => metrics.batch(name, rows) }
      const { device, isolate, describe, lookAfter } = options
      const quiet = () => underWay.ended()
      const serving = {
        limits,
        workers,
        observer,
        quiet,
        ...(device && { device }),
        ...(isolate && { isolate }),
        ...(describe && { describe }),
        ...(lookAfter && { lookAfter }),
      }
      const onReload = (error?: unknown) =>
        log?.({ event: 'reload', model: name, ...(error !== undefined && { error: String(error) }) })
      models.set(name, await ServedModel.open(name, path, serving, onReload))
    }
  } catch (error) {
    await closeAll()
    throw error
  }
  let listening: Listening | undefined
  let isOpen = true
  const app = createApp(
    {
      models,
      limits,
      presenter,
      shortWork,
      bodies,
      isPrivate: options.apiKey !== undefined,
      isReady: () => isOpen,
    },
    {
      metrics,
      underWay,
      ...(log && { log }),
      onlyLoopback: () => listening?.isLoopback ?? false,
      ...(options.apiKey !== undefined && { apiKey: options.apiKey }),
      ...(options.cors && { cors: options.cors }),
    },
  )
  const endGently = async (milliseconds: number) => {
    await listening?.close((1 - ENDING_SHARE) * milliseconds)
    await underWay.ended()
    await closeAll()
    return true
  }
  return {
    fetch: async (request) => app.hono.fetch(request),
    async listen(where = {}) {
      listening = await listen(app, where, { hasKey: options.apiKey !== undefined, limits })
      return listening.address
    },
    close(milliseconds = LAST_MILLISECONDS) {
      isOpen = false
      const ended = new AbortController()
      const late = setTimeout(milliseconds, false, { ref: false, signal: ended.signal })
      return Promise.race([endGently(milliseconds), late]).finally(() => ended.abort())
    },
  }
}

function checkOptions({ apiKey }: ServerOptions, workers: number): void {
  if (!Number.isInteger(workers) || workers < 1) {
    throw new ConfigurationError({
      code: 'WORKERS_INVALID',
      message: `Workers are a whole number from 1 on, not ${workers}.`,
    })
  }
  if (apiKey === '') {
    throw new ConfigurationError({
      code: 'KEY_EMPTY',
      message: 'The key is empty: everybody would know it.',
      fix: 'Set GANTRY_API_KEY to a long random text, or leave it out.',
    })
  }
}
