import { readFileSync } from 'node:fs'
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { cors } from 'hono/cors'
import { sendAnswers } from './http/answer.ts'
import { answerErrors, answerNotFound } from './http/answer-error.ts'
import { authorise } from './http/authorise.ts'
import { onlyLoopbackNames } from './http/check-host.ts'
import { securityHeaders } from './http/headers.ts'
import { idsOf, type Log, observeRequests } from './http/observe-requests.ts'
import type { ServerMetrics } from './http/server-metrics.ts'
import type { UnderWay } from './http/under-way.ts'
import { generateRoute } from './routes/generate.ts'
import { imageRoute } from './routes/images.ts'
import { inferenceHealthRoutes, inferenceRoutes } from './routes/inference.ts'
import { interpolateRoute } from './routes/interpolate.ts'
import { modelRoutes } from './routes/models.ts'
import { pageRoutes } from './routes/page.ts'
import { referenceRoutes } from './routes/reference.ts'
import { healthRoutes, metricsRoute } from './routes/status.ts'
import type { ServerContext } from './server-context.ts'

export interface AppOptions {
  readonly apiKey?: string
  /** Origins whose pages may ask; none by default. */
  readonly cors?: readonly string[]
  /** Whether requests for other names than this machine's own are refused. */
  readonly onlyLoopback: () => boolean
  readonly metrics: ServerMetrics
  readonly underWay: UnderWay
  /** Told of every request, and of what goes wrong; without one nothing is written down. */
  readonly log?: Log
}

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

/** Headers that pages of other origins may read. */
const EXPOSED = ['etag', 'gantry-seed', 'inference-header-content-length', 'retry-after', 'x-request-id']

const DOCUMENT = {
  openapi: '3.1.0',
  info: {
    title: 'Gantry',
    version,
    description: 'Samples of generators. /v2 speaks the Open Inference Protocol.',
  },
}

/** Everything that answers requests. What stands before the key is what tells nothing: the page's files and the probes. */
export function createApp(context: ServerContext, options: AppOptions): OpenAPIHono {
  const { apiKey, metrics, underWay, log, onlyLoopback } = options
  const app = new OpenAPIHono()
  app.onError(answerErrors((error, request) => log?.(failureOf(error, request))))
  app.notFound(answerNotFound)
  app.use(sendAnswers)
  app.use((_, next) => underWay.during(next))
  app.use(observeRequests(metrics, log))
  app.use(securityHeaders)
  app.use((request, next) => (onlyLoopback() ? onlyLoopbackNames(request, next) : next()))
  if (options.cors?.length) app.use(cors({ origin: [...options.cors], exposeHeaders: EXPOSED }))
  healthRoutes(app, context)
  inferenceHealthRoutes(app, context)
  pageRoutes(app)
  referenceRoutes(app, () => app.getOpenAPI31Document(DOCUMENT))
  if (apiKey !== undefined) app.use(authorise(apiKey))
  metricsRoute(app, metrics)
  modelRoutes(app, context)
  generateRoute(app, context)
  imageRoute(app, context)
  interpolateRoute(app, context)
  inferenceRoutes(app, context)
  app.doc31('/openapi.json', DOCUMENT)
  return app
}

function failureOf(error: unknown, request: Context) {
  const { stack } = error instanceof Error ? error : new Error(String(error))
  return { event: 'failure', ...idsOf(request), error: String(stack) }
}
