import { placesOnWay } from '@gantry/latents'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { inputsFor, type Mixed } from '../generation/inputs.ts'
import { answer, asResponse } from '../http/answer.ts'
import { checkContentType } from '../http/checked.ts'
import { exchangeOf } from '../http/exchange.ts'
import { findModel, type ServerContext } from '../server-context.ts'
import { askingSchemas, failures, modelParameter } from './schemas.ts'

export function interpolateRoute(app: OpenAPIHono, context: ServerContext): void {
  const { limits, presenter, shortWork } = context
  const schema = askingSchemas(limits).interpolate
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
    const exchange = exchangeOf(request)
    checkContentType(exchange)
    const { wanted, asked } = await context.bodies.read(exchange, {
      kind: 'interpolate',
      ports: model.manifest.inputs,
      limits,
    })
    const { seeds, frames, loop, milliseconds } = wanted
    const places = wayBetween(seeds, frames, loop)
    const inputs = await shortWork.run(() =>
      inputsFor(model, { seed: seeds[0]!, count: frames, asked, places }, limits),
    )
    const outputs = await model.run(inputs, exchange.departure)
    const { outputs: ports } = model.manifest
    const { bytes, contentType } = await presenter.presentOne({ kind: 'film', ports, milliseconds }, outputs)
    return asResponse(request, answer(bytes, { 'content-type': contentType }))
  })
}

/** On the way from each seed to the next, as `gantry walk` goes. */
function wayBetween(seeds: readonly number[], frames: number, loop: boolean): Mixed[] {
  return placesOnWay(seeds, { frames, loop }).map(
    ({ from, to, at }): Mixed =>
      (drawOf, { between }) =>
        between(drawOf(from), drawOf(to), at),
  )
}
