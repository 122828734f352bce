import { placesOnWay } from '@gantry/latents'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { inputsFor, type Weighted } from '../generation/inputs.ts'
import { answer } from '../http/answer.ts'
import { checkedBody } from '../http/checked.ts'
import { departureOf } from '../http/departure.ts'
import type { ServerLimits } from '../limits.ts'
import { findModel, type ServerContext } from '../server-context.ts'
import { failures, modelParameter, seedSchema } from './schemas.ts'

const USUAL_FRAMES = 24

function interpolateSchema({ frames }: ServerLimits) {
  return z
    .strictObject({
      seeds: z
        .array(seedSchema)
        .min(2)
        .max(16)
        .openapi({ description: 'From one to the next.', example: [1, 2] }),
      frames: z.int().min(2).max(frames).default(USUAL_FRAMES).openapi({ description: 'Pictures of the whole way.' }),
      loop: z.boolean().default(true).openapi({ description: 'From the last seed back to the first.' }),
      milliseconds: z.int().min(10).max(10_000).default(80).openapi({ description: 'Of a picture.' }),
      inputs: z.record(z.string().max(256), z.unknown()).default({}),
    })
    .openapi('Interpolate')
}

export function interpolateRoute(app: OpenAPIHono, context: ServerContext): void {
  const schema = interpolateSchema(context.limits)
  const film = { schema: z.string().openapi({ type: 'string', format: 'binary' }) }
  app.openAPIRegistry.registerPath(
    createRoute({
      method: 'post',
      path: '/v1/models/{model}/interpolate',
      summary: 'The way between seeds, as a film',
      request: { params: modelParameter, body: { required: true, content: { 'application/json': { schema } } } },
      responses: { 200: { description: 'An animated WebP.', content: { 'image/webp': film } }, ...failures },
    }),
  )
  app.post('/v1/models/:model/interpolate', async (request) => {
    const model = findModel(context, request.req.param('model'))
    const { seeds, frames, loop, milliseconds, inputs } = await checkedBody(request, schema, context.bodies)
    const mixtures = wayBetween(seeds, frames, loop)
    const arrays = await inputsFor(model, { seed: seeds[0]!, count: frames, inputs, mixtures }, context.limits)
    const outputs = await model.run(arrays, departureOf(request))
    const { outputs: ports } = model.manifest
    const { bytes, contentType } = await context.presenter.presentOne({ kind: 'film', ports, milliseconds }, outputs)
    return answer(request, bytes, { 'content-type': contentType })
  })
}

/** On the circle that leads from each seed to the next. What is drawn of two seeds stands at a right angle, about. */
function wayBetween(seeds: readonly number[], frames: number, loop: boolean): Weighted[][] {
  return placesOnWay(seeds, { frames, loop }).map(({ from, to, at }) => [
    { seed: from, weight: Math.cos((at * Math.PI) / 2) },
    { seed: to, weight: Math.sin((at * Math.PI) / 2) },
  ])
}
