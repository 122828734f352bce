import type { OpenAPIHono } from '@hono/zod-openapi'
import type { ServerMetrics } from '../http/server-metrics.ts'
import type { ServerContext } from '../server-context.ts'

/** `/healthz`: the process answers. `/readyz`: every model has a worker, and the server is not about to stop. */
export function healthRoutes(app: OpenAPIHono, context: ServerContext): void {
  app.get('/healthz', ({ json }) => json({ status: 'ok' }))
  app.get('/readyz', ({ json }) => {
    const ready = isReady(context)
    return json({ status: ready ? 'ready' : 'not ready' }, ready ? 200 : 503)
  })
}

export function metricsRoute(app: OpenAPIHono, metrics: ServerMetrics): void {
  app.get('/metrics', async ({ body }) => body(await metrics.text(), 200, { 'content-type': metrics.contentType }))
}

export function isReady({ models, isReady }: ServerContext): boolean {
  return isReady() && [...models.values()].every(({ current }) => current.ready)
}
