import { inferenceDatatypes, type Ports } from '@gantry/core'
import { supply } from '@gantry/modalities'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { checkSize } from '../generation/check-size.ts'
import type { Answer } from '../http/answer.ts'
import type { Exchange } from '../http/exchange.ts'
import type { HotRoute } from '../http/hot-routes.ts'
import { blamingTheRequest, RequestError } from '../http/request-error.ts'
import type { Arrays } from '../models/batch-queue.ts'
import type { LoadedModel } from '../models/served-model.ts'
import { inferResponse } from '../protocol/infer-response.ts'
import { findModel, type ServerContext } from '../server-context.ts'
import { documentedHealth, documentedRoutes } from './inference-document.ts'
import { isReady } from './status.ts'

/** Whether the server is alive and ready, in the words of the Open Inference Protocol, version 2. */
export function inferenceHealthRoutes(app: OpenAPIHono, context: ServerContext): void {
  for (const route of documentedHealth) app.openAPIRegistry.registerPath(route)
  app.get('/v2', ({ json }) => json({ name: 'gantry', version: '2', extensions: ['binary_tensor_data'] }))
  app.get('/v2/health/live', ({ json }) => json({ live: true }))
  app.get('/v2/health/ready', ({ json }) => json({ ready: isReady(context) }, isReady(context) ? 200 : 503))
}

const paths = ['/v2/models/:model', '/v2/models/:model/versions/:version'] as const

/** The Open Inference Protocol, version 2, as KServe and Triton speak it. What a request leaves out is drawn. */
export function inferenceRoutes(app: OpenAPIHono, context: ServerContext): HotRoute[] {
  for (const route of documentedRoutes) app.openAPIRegistry.registerPath(route)
  for (const path of paths) {
    app.get(path, ({ json, req }) => json(metadataOf(versionOf(context, req.param()))))
    app.get(`${path}/ready`, ({ json, req }) => {
      const { name, ready } = versionOf(context, req.param())
      return json({ name, ready }, ready ? 200 : 503)
    })
  }
  return paths.map((path) => ({
    pattern: `${path}/infer`,
    handle: (exchange, names) => infer(exchange, versionOf(context, names), context),
  }))
}

async function infer(request: Exchange, model: LoadedModel, context: ServerContext): Promise<Answer> {
  const { limits, presenter, shortWork } = context
  const length = request.header('inference-header-content-length')
  const type = request.header('content-type')
  const origin = request.header('origin')
  // What browsers send for pages of other sites without asking says where it comes from, and has another type or none.
  if (length === undefined && !(type?.startsWith('application/json') ?? origin === undefined)) {
    throw new RequestError({ status: 415, code: 'CONTENT_TYPE_WRONG', message: 'The body is to be application/json.' })
  }
  const headerLength = length === undefined ? undefined : Number(length)
  const ports = model.manifest.inputs
  const { wanted, asked } = await context.bodies.read(request, { kind: 'infer', ports, headerLength })
  const count = rowsIn(asked, limits.count)
  const seed = seedIn(wanted.parameters?.seed)
  const inputs = await shortWork.run(() =>
    blamingTheRequest(() => {
      checkSize(model.manifest, asked, count, limits)
      return supply(ports, { seed, from: 0, count, asked })
    }),
  )
  const outputs = await model.run(inputs, request.departure)
  return inferResponse(model, wanted, outputs, presenter)
}

/** A number, also as text, as clients send it whose parameters are text. */
function seedIn(given: string | number | boolean = 0): number {
  if (typeof given === 'number' || (typeof given === 'string' && /^\d+$/.test(given))) return Number(given)
  throw new RequestError({
    status: 422,
    code: 'SEED_INVALID',
    message: `The parameter 'seed' is ${JSON.stringify(given)}; it is to be a whole number from 0 on.`,
  })
}

/** Samples that are asked for: the first axis of every input. */
function rowsIn(asked: Arrays, most: number): number {
  const rows = [...new Set(Object.values(asked).map(({ shape }) => shape[0] ?? 0))]
  const [count = 1] = rows
  if (rows.length <= 1 && count >= 1 && count <= most) return count
  throw new RequestError({
    status: 422,
    code: 'BATCH_INVALID',
    message: `The first axis of every input is the batch, from 1 to ${most} and the same for all; it is ${rows.join(', ')}.`,
  })
}

function versionOf(context: ServerContext, { model, version }: { model: string; version?: string }): LoadedModel {
  const found = findModel(context, model)
  if (version === undefined || version === found.version) return found
  throw new RequestError({ status: 404, code: 'VERSION_UNKNOWN', message: `There is the version ${found.version}.` })
}

function metadataOf({ name, version, manifest }: LoadedModel) {
  const tensors = (ports: Ports) =>
    Object.entries(ports).map(([own, { dtype, shape }]) => ({
      name: own,
      datatype: inferenceDatatypes[dtype],
      shape: [-1, ...shape.map((each) => (typeof each === 'number' ? each : -1))],
    }))
  const { inputs, outputs } = manifest
  return { name, versions: [version], platform: 'onnxruntime_onnx', inputs: tensors(inputs), outputs: tensors(outputs) }
}
