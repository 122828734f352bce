import { createHash } from 'node:crypto'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { askedInputs } from '../generation/asked-inputs.ts'
import { inputsFor } from '../generation/inputs.ts'
import { pictureFormats } from '../generation/pictures.ts'
import { answer, asResponse } from '../http/answer.ts'
import { checked } from '../http/checked.ts'
import { departureOf } from '../http/departure.ts'
import { RequestError } from '../http/request-error.ts'
import { findModel, type ServerContext } from '../server-context.ts'
import { failures, modelParameter, seedSchema, shownContent } from './schemas.ts'

const FILE = /^(\d{1,16})\.(png|webp|avif|jpe?g)$/

const route = createRoute({
  method: 'get',
  path: '/v1/models/{model}/images/{file}',
  summary: 'The picture of a seed',
  description:
    'Other inputs stand in the query, as people write them: ?labels=7. The address with its version never changes its content.',
  request: {
    params: modelParameter.extend({
      file: z
        .string()
        .regex(FILE)
        .openapi({ param: { name: 'file', in: 'path' }, example: '42.webp' }),
    }),
    query: z.object({
      v: z.string().optional().openapi({ description: 'The version of the model: then kept for ever.' }),
    }),
  },
  responses: {
    200: { description: `The picture: ${pictureFormats.join(', ')}.`, content: shownContent },
    304: { description: 'It is as the client has it.' },
    ...failures,
  },
})

/** A year: the longest that caches look at. */
const FOR_EVER = 'max-age=31536000, immutable'

export function imageRoute(app: OpenAPIHono, context: ServerContext): void {
  const { limits, presenter, shortWork } = context
  app.openAPIRegistry.registerPath(route)
  app.get('/v1/models/:model/images/:file', async (request) => {
    const { req } = request
    const model = findModel(context, req.param('model'))
    const [, digits, ending] = FILE.exec(req.param('file')) ?? []
    if (digits === undefined) throw notAPicture()
    const seed = checked(seedSchema, Number(digits), 'The seed')
    const format = ending === 'jpg' ? 'jpeg' : (ending as (typeof pictureFormats)[number])
    const { v, ...inputs } = req.query()
    const identity = JSON.stringify([model.version, seed, Object.entries(inputs).sort(), format])
    const etag = `"${createHash('sha256').update(identity).digest('base64url').slice(0, 27)}"`
    // Only the address that names the version stays what it is when the model is replaced.
    const keeping = v === model.version ? FOR_EVER : 'no-cache'
    const headers = { etag, 'cache-control': `${context.isPrivate ? 'private' : 'public'}, ${keeping}` }
    const known = req
      .header('if-none-match')
      ?.split(',')
      .map((tag) => tag.trim().replace(/^W\//, ''))
    if (known?.includes(etag) || known?.includes('*')) return new Response(null, { status: 304, headers })
    const asked = await askedInputs(model.manifest.inputs, inputs, limits)
    const drawn = await shortWork.run(() => inputsFor(model, { seed, count: 1, asked }, limits))
    const outputs = await model.run(drawn, departureOf(request))
    const { outputs: ports } = model.manifest
    const { bytes, contentType } = await presenter.presentOne({ kind: 'each', ports, format }, outputs)
    return asResponse(request, answer(bytes, { ...headers, 'content-type': contentType }))
  })
}

function notAPicture(): RequestError {
  return new RequestError({
    status: 404,
    code: 'PICTURE_UNKNOWN',
    message: 'Pictures are called by their seed.',
    fix: `Ask for 42.${pictureFormats.join(', 42.')}.`,
  })
}
