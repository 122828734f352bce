import { randomInt } from 'node:crypto'
import { mixture, type WeightedLatent } from '@gantry/latents'
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { inputsFor, type Mixed } from '../generation/inputs.ts'
import type { Sent } from '../generation/pictures.ts'
import { numbersOf } from '../generation/present.ts'
import { type Answer, answer } from '../http/answer.ts'
import { checkContentType } from '../http/checked.ts'
import type { Exchange } from '../http/exchange.ts'
import type { HotRoute } from '../http/hot-routes.ts'
import type { Arrays } from '../models/batch-queue.ts'
import { findModel, type ServerContext } from '../server-context.ts'
import { generatedSchema, jsonContent } from './answers.ts'
import { askingSchemas, failures, modelParameter, shownContent } from './schemas.ts'

const SEEDS = 2 ** 32

export function generateRoute(app: OpenAPIHono, context: ServerContext): HotRoute {
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
  return { pattern: '/v1/models/:model/generate', handle: (exchange, { model }) => generate(exchange, model, context) }
}

async function generate(exchange: Exchange, name: string, context: ServerContext): Promise<Answer> {
  const { limits, presenter, shortWork } = context
  const model = findModel(context, name)
  checkContentType(exchange)
  const { inputs: ports, outputs: shownAs } = model.manifest
  const { wanted, asked } = await context.bodies.read(exchange, { kind: 'generate', ports, limits })
  const { count, seed = randomInt(SEEDS), format, grid, mix } = wanted
  const places = mix && { places: [mixtureOf(mix)] }
  const inputs = await shortWork.run(() => inputsFor(model, { seed, count, asked, ...places }, limits))
  const outputs = await model.run(inputs, exchange.departure)
  const about = { model: model.name, version: model.version, seed, count }
  if (format === 'json') {
    const json = { ...about, outputs: inNumbers(outputs) }
    return sent(await presenter.presentOne({ kind: 'json', about: json }, outputs), seed)
  }
  if (grid !== false) {
    const columns = typeof grid === 'object' ? grid.columns : undefined
    return sent(await presenter.presentOne({ kind: 'all', ports: shownAs, format, columns }, outputs), seed)
  }
  const shown = await presenter.present({ kind: 'each', ports: shownAs, format }, outputs)
  if (count === 1) return sent(shown[0]!, seed)
  const bytes = Buffer.from(JSON.stringify({ ...about, samples: shown.map(dataUrl) }))
  return sent({ bytes, contentType: 'application/json' }, seed)
}

function mixtureOf(parts: readonly { readonly seed: number; readonly weight: number }[]): Mixed {
  return (drawOf, space) =>
    mixture(
      parts.map(({ seed, weight }) => ({ latent: drawOf(seed), weight })) as [WeightedLatent, ...WeightedLatent[]],
      space,
    )
}

function sent({ bytes, contentType }: Sent, seed: number): Answer {
  return answer(bytes, { 'content-type': contentType, 'gantry-seed': String(seed) })
}

function dataUrl({ bytes, contentType }: Sent): string {
  return `data:${contentType.replace(' ', '')};base64,${Buffer.from(bytes).toString('base64')}`
}

function inNumbers(outputs: Arrays) {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { dtype, shape }]) => [name, { dtype, shape, data: numbersOf(name) }]),
  )
}
