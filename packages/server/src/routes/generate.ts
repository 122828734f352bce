import { randomInt } from 'node:crypto'
import { mixture, type WeightedLatent } from '@gantry/latents'
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { inputsFor, type Mixed } from '../generation/inputs.ts'
import type { Sent } from '../generation/pictures.ts'
import { numbersOf } from '../generation/present.ts'
import { answer } from '../http/answer.ts'
import { checkContentType } from '../http/checked.ts'
import { departureOf } from '../http/departure.ts'
import type { Arrays } from '../models/batch-queue.ts'
import { findModel, type ServerContext } from '../server-context.ts'
import { generatedSchema, jsonContent } from './answers.ts'
import { askingSchemas, failures, modelParameter, shownContent } from './schemas.ts'

const SEEDS = 2 ** 32

export function generateRoute(app: OpenAPIHono, context: ServerContext): void {
  const { limits } = context
  const schema = askingSchemas(limits).generate
  app.openAPIRegistry.registerPath(
    createRoute({
      method: 'post',
      path: '/v1/models/{model}/generate',
      summary: 'Make samples',
      description: 'One sample, or a grid of them, comes as a file; several samples, and numbers, as JSON.',
      request: { params: modelParameter, body: { required: true, content: { 'application/json': { schema } } } },
      responses: {
        200: {
          description: 'What was made. The header Gantry-Seed says of which seed.',
          content: { ...shownContent, ...jsonContent(generatedSchema) },
        },
        ...failures,
      },
    }),
  )
  app.post('/v1/models/:model/generate', async (request) => {
    const model = findModel(context, request.req.param('model'))
    checkContentType(request)
    const { wanted, asked } = await context.bodies.read(request, {
      kind: 'generate',
      ports: model.manifest.inputs,
      limits,
    })
    const { count, seed = randomInt(SEEDS), format, grid, mix } = wanted
    const inputs = await inputsFor(model, { seed, count, asked, ...(mix && { places: [mixtureOf(mix)] }) }, limits)
    const outputs = await model.run(inputs, departureOf(request))
    const about = { model: model.name, version: model.version, seed, count }
    const { presenter } = context
    const ports = model.manifest.outputs
    if (format === 'json') {
      const json = { ...about, outputs: inNumbers(outputs) }
      return send(request, await presenter.presentOne({ kind: 'json', about: json }, outputs), seed)
    }
    if (grid !== false) {
      const columns = typeof grid === 'object' ? grid.columns : undefined
      return send(request, await presenter.presentOne({ kind: 'all', ports, format, columns }, outputs), seed)
    }
    const shown = await presenter.present({ kind: 'each', ports, format }, outputs)
    if (count === 1) return send(request, shown[0]!, seed)
    request.header('gantry-seed', String(seed))
    return request.json({ ...about, samples: shown.map(dataUrl) })
  })
}

function mixtureOf(parts: readonly { readonly seed: number; readonly weight: number }[]): Mixed {
  return (drawOf, space) =>
    mixture(
      parts.map(({ seed, weight }) => ({ latent: drawOf(seed), weight })) as [WeightedLatent, ...WeightedLatent[]],
      space,
    )
}

function send(context: Context, { bytes, contentType }: Sent, seed: number): Response {
  return answer(context, bytes, { 'content-type': contentType, 'gantry-seed': String(seed) })
}

function dataUrl({ bytes, contentType }: Sent): string {
  return `data:${contentType.replace(' ', '')};base64,${Buffer.from(bytes).toString('base64')}`
}

function inNumbers(outputs: Arrays) {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { dtype, shape }]) => [name, { dtype, shape, data: numbersOf(name) }]),
  )
}
