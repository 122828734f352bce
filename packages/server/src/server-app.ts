import { readFileSync } from 'node:fs'
import { OpenAPIHono } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { sendAnswers } from './http/answer.ts'
import { answerErrors, answerNotFound } from './http/answer-error.ts'
import { keyCheck } from './http/authorise.ts'
import { checkName } from './http/check-host.ts'
import type { Exchange } from './http/exchange.ts'
import { secure } from './http/headers.ts'
import { hostRoutes, type TakeRequest, takeAtOnce } from './http/hot-routes.ts'
import { type Log, observedOf, observeRequests } from './http/observe-requests.ts'
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

/** What answers requests: all of them, and some at once. */
export interface ServerApp {
  readonly hono: OpenAPIHono
  /** Absent where pages of other origins may ask: Hono knows what those are told. */
  readonly take?: TakeRequest
}

/** Everything that answers requests. What stands before the key is what tells nothing: the page's files and the probes. */
export function createApp(context: ServerContext, options: AppOptions): ServerApp {
  const { apiKey, metrics, underWay, log, onlyLoopback } = options
  const observers = { metrics, ...(log && { log }) }
  const checkLoopback: Check = (request) => onlyLoopback() && checkName(request)
  const checkKey = apiKey === undefined ? undefined : keyCheck(apiKey)
  const app = new OpenAPIHono()
  app.onError(answerErrors((error, request) => observedOf(request).failed(error)))
  app.notFound(answerNotFound)
  app.use(sendAnswers)
  app.use((_, next) => underWay.during(next))
  app.use(observeRequests(observers))
  app.use(securityHeaders)
  app.use(checking(checkLoopback))
  if (options.cors?.length) app.use(cors({ origin: [...options.cors], exposeHeaders: EXPOSED }))
  healthRoutes(app, context)
  inferenceHealthRoutes(app, context)
  pageRoutes(app)
  referenceRoutes(app, () => app.getOpenAPI31Document(DOCUMENT))
  if (checkKey !== undefined) app.use(checking(checkKey))
  metricsRoute(app, metrics)
  modelRoutes(app, context)
  const hot = [generateRoute(app, context), ...inferenceRoutes(app, context)]
  hostRoutes(app, hot)
  imageRoute(app, context)
  interpolateRoute(app, context)
  app.doc31('/openapi.json', DOCUMENT)
  if (options.cors?.length) return { hono: app }
  const checks = [checkLoopback, ...(checkKey === undefined ? [] : [checkKey])]
  return { hono: app, take: takeAtOnce(hot, { observers, underWay, checks }) }
}

/** Throws what a client is told. */
type Check = (request: Pick<Exchange, 'header'>) => unknown

const checking = (check: Check): MiddlewareHandler => {
  return async ({ req }, next) => {
    check(req)
    await next()
  }
}

const securityHeaders: MiddlewareHandler = async (context, next) => {
  await next()
  secure(context.res.headers)
}
