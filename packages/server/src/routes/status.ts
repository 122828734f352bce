import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { ServerMetrics } from '../http/server-metrics.ts'
import type { ServerContext } from '../server-context.ts'
import { jsonContent } from './answers.ts'
import { failures } from './schemas.ts'

const statusContent = jsonContent(z.object({ status: z.string() }))

const routes = [
  createRoute({
    method: 'get',
    path: '/healthz',
    summary: 'Whether the process answers',
    responses: { 200: { description: 'It does.', content: statusContent } },
  }),
  createRoute({
    method: 'get',
    path: '/readyz',
    summary: 'Whether every model can answer',
    responses: {
      200: { description: 'It can.', content: statusContent },
      503: { description: 'A model has no worker, or the server is about to stop.', content: statusContent },
    },
  }),
]

const metrics = createRoute({
  method: 'get',
  path: '/metrics',
  summary: 'What Prometheus is told',
  responses: {
    200: { description: 'Its text format.', content: { 'text/plain': { schema: z.string() } } },
    401: failures[401],
  },
})

/** `/healthz`: the process answers. `/readyz`: every model has a worker, and the server is not about to stop. */
export function healthRoutes(app: OpenAPIHono, context: ServerContext): void {
  for (const route of routes) app.openAPIRegistry.registerPath(route)
  app.get('/healthz', ({ json }) => json({ status: 'ok' }))
  app.get('/readyz', ({ json }) => {
    const ready = isReady(context)
    return json({ status: ready ? 'ready' : 'not ready' }, ready ? 200 : 503)
  })
}

export function metricsRoute(app: OpenAPIHono, told: ServerMetrics): void {
  app.openAPIRegistry.registerPath(metrics)
  app.get('/metrics', async ({ body }) => body(await told.text(), 200, { 'content-type': told.contentType }))
}

export function isReady({ models, isReady }: ServerContext): boolean {
  return isReady() && [...models.values()].every(({ current }) => current.ready)
}
