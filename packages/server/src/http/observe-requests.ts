import { randomUUID } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import type { ServerMetrics } from './server-metrics.ts'

/** A line of the log: plain JSON. */
export type LogRecord = Readonly<Record<string, string | number | boolean | undefined>> & { readonly event: string }

/** Told what happens: a line a request, and what goes wrong. */
export type Log = (record: LogRecord) => void

/** W3C Trace Context: version, trace id, parent id, flags; later versions may say more. No id is all zeros, no version is ff. */
const TRACE = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}(?:-|$)/

/** The ids by which the lines of one request are found, and the span of whoever sent it. */
export function idsOf(context: Context) {
  const [, traceId, parentId] = TRACE.exec(context.req.header('traceparent') ?? '') ?? []
  return { requestId: context.get('requestId') as string, traceId, parentId }
}

/** Counts and logs requests under the pattern of their route: what clients write into addresses names no metric. */
export function observeRequests(metrics: ServerMetrics, log: Log | undefined): MiddlewareHandler {
  return async (context, next) => {
    const start = performance.now()
    context.set('requestId', randomUUID())
    await next()
    const milliseconds = performance.now() - start
    const ids = idsOf(context)
    context.res.headers.set('x-request-id', ids.requestId)
    const route = context.res.status === 404 && routePath(context, -1) === '/*' ? 'none' : routePath(context, -1)
    const { method } = context.req
    const { status } = context.res
    metrics.request({ method, route, status }, milliseconds / 1000)
    log?.({
      event: 'request',
      ...ids,
      method,
      route,
      status,
      milliseconds: Math.round(10 * milliseconds) / 10,
    })
  }
}
