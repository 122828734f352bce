import { randomInt } from 'node:crypto'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { inputsFor } from '../generation/inputs.ts'
import { jsonNumbers } from '../generation/json-numbers.ts'
import { allShown, eachShown, type PictureFormat, type Sent } from '../generation/pictures.ts'
import { checkedBody } from '../http/checked.ts'
import type { Arrays } from '../models/batch-queue.ts'
import { deadlineOf, findModel, type ServerContext } from '../server-context.ts'
import { failures, generateSchema, modelParameter, shownContent } from './schemas.ts'

const SEEDS = 2 ** 32

export function generateRoute(app: OpenAPIHono, context: ServerContext): void {
  const schema = generateSchema(context.limits)
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
          content: { ...shownContent, 'application/json': { schema: z.looseObject({ seed: z.int() }) } },
        },
        ...failures,
      },
    }),
  )
  app.post('/v1/models/:model/generate', async (request) => {
    const model = findModel(context, request.req.param('model'))
    const wanted = await checkedBody(request, schema, context.bodies)
    const { count, seed = randomInt(SEEDS), format, grid, mix } = wanted
    const inputs = await inputsFor(
      model,
      { seed, count, inputs: wanted.inputs, ...(mix && { mixtures: [mix] }) },
      context.limits,
    )
    const outputs = await model.run(inputs, deadlineOf(request.req.raw, context))
    const about = { model: model.name, version: model.version, seed, count }
    request.header('gantry-seed', String(seed))
    if (format === 'json') return request.json({ ...about, outputs: inNumbers(outputs) })
    const columns = typeof grid === 'object' ? grid.columns : undefined
    if (grid !== false) return send(await allShown(model.manifest, outputs, format, columns), seed)
    const shown = await eachShown(model.manifest, outputs, format as PictureFormat | undefined)
    if (count === 1) return send(shown[0]!, seed)
    return request.json({ ...about, samples: shown.map(dataUrl) })
  })
}

function send({ bytes, contentType }: Sent, seed: number): Response {
  return new Response(bytes, { headers: { 'content-type': contentType, 'gantry-seed': String(seed) } })
}

function dataUrl({ bytes, contentType }: Sent): string {
  return `data:${contentType.replace(' ', '')};base64,${Buffer.from(bytes).toString('base64')}`
}

function inNumbers(outputs: Arrays) {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, array]) => [
      name,
      { dtype: array.dtype, shape: array.shape, data: jsonNumbers(name, array) },
    ]),
  )
}
