import { randomUUID } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import type { Exchange } from './exchange.ts'
import type { ServerMetrics } from './server-metrics.ts'

/** A line of the log: plain JSON. */
export type LogRecord = Readonly<Record<string, string | number | boolean | undefined>> & { readonly event: string }

/** Told what happens: a line a request, and what goes wrong. */
export type Log = (record: LogRecord) => void

/** Whoever is told of requests. */
export interface Observers {
  readonly metrics: ServerMetrics
  /** Told of every request, and of what goes wrong; without one nothing is written down. */
  readonly log?: Log
}

/** W3C Trace Context: version, trace id, parent id, flags; later versions may say more. No id is all zeros, no version is ff. */
const TRACE = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}(?:-|$)/

/** What is said of a request when it has been answered. */
interface Answered {
  readonly method: string
  /** The pattern of its route: what clients write into addresses names no metric. */
  readonly route: string
  readonly status: number
}

/** A request from its arrival to its answer. */
export class Observed {
  readonly id: string = randomUUID()
  readonly #start = performance.now()
  readonly #request: Pick<Exchange, 'header'>
  readonly #observers: Observers

  constructor(request: Pick<Exchange, 'header'>, observers: Observers) {
    this.#request = request
    this.#observers = observers
  }

  /** Counts and logs it, and tells its id to whoever is answered. */
  answered({ method, route, status }: Answered, headers: Pick<Headers, 'set'>): void {
    const milliseconds = performance.now() - this.#start
    headers.set('x-request-id', this.id)
    const { metrics, log } = this.#observers
    metrics.request({ method, route, status }, milliseconds / 1000)
    log?.({
      event: 'request',
      ...this.#ids(),
      method,
      route,
      status,
      milliseconds: Math.round(10 * milliseconds) / 10,
    })
  }

  /** What is this server's own fault is written down. */
  failed(error: unknown): void {
    const { stack } = error instanceof Error ? error : new Error(String(error))
    this.#observers.log?.({ event: 'failure', ...this.#ids(), error: String(stack) })
  }

  /** The ids by which the lines of one request are found, and the span of whoever sent it. */
  #ids() {
    const [, traceId, parentId] = TRACE.exec(this.#request.header('traceparent') ?? '') ?? []
    return { requestId: this.id, traceId, parentId }
  }
}

const OBSERVED = 'observed'

export function observedOf(context: Context): Observed {
  return context.get(OBSERVED) as Observed
}

/** Counts and logs what passes. */
export function observeRequests(observers: Observers): MiddlewareHandler {
  return async (context, next) => {
    const observed = new Observed(context.req, observers)
    context.set(OBSERVED, observed)
    await next()
    const { status, headers } = context.res
    const pattern = routePath(context, -1)
    const route = status === 404 && pattern === '/*' ? 'none' : pattern
    observed.answered({ method: context.req.method, route, status }, headers)
  }
}
