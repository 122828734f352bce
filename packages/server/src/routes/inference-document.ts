import { createRoute, z } from '@hono/zod-openapi'
import { inferSchema } from '../protocol/infer-request.ts'
import { inferResponseSchema, jsonContent, modelMetadataSchema } from './answers.ts'
import { modelParameter, refusals } from './schemas.ts'

// The Open Inference Protocol in the document. Every address of a model is there twice: once with a version.

const binary = z.string().openapi({ type: 'string', format: 'binary', description: 'JSON, and after it the tensors.' })

const probe = (path: string, summary: string, schema: z.ZodType, unready = {}) =>
  createRoute({
    method: 'get',
    path,
    summary: `Open Inference Protocol: ${summary}`,
    responses: { 200: { description: 'As it is.', content: jsonContent(schema) }, ...unready },
  })

const ready = z.object({ ready: z.boolean() })

export const documentedHealth = [
  probe(
    '/v2',
    'what the server speaks',
    z.object({ name: z.string(), version: z.string(), extensions: z.array(z.string()) }),
  ),
  probe('/v2/health/live', 'whether the process answers', z.object({ live: z.boolean() })),
  probe('/v2/health/ready', 'whether every model can answer', ready, {
    503: { description: 'One cannot.', content: jsonContent(ready) },
  }),
]

const versionParameter = modelParameter.extend({
  version: z.string().openapi({ param: { name: 'version', in: 'path' } }),
})

function modelRoutesAt(path: string, params: typeof modelParameter) {
  return [
    createRoute({
      method: 'get',
      path,
      summary: 'Open Inference Protocol: the tensors of a model',
      request: { params },
      responses: {
        200: {
          description: 'Inputs and outputs; -1 is a length that is open.',
          content: jsonContent(modelMetadataSchema),
        },
        ...refusals,
      },
    }),
    createRoute({
      method: 'get',
      path: `${path}/ready`,
      summary: 'Open Inference Protocol: whether a model can answer',
      request: { params },
      responses: {
        200: { description: 'It can.', content: jsonContent(z.object({ name: z.string(), ready: z.boolean() })) },
        ...refusals,
      },
    }),
    createRoute({
      method: 'post',
      path: `${path}/infer`,
      summary: 'Open Inference Protocol: tensors to tensors',
      description:
        'Tensors stand in the JSON, or as bytes after it: the header Inference-Header-Content-Length says where they begin. Inputs that are left out are drawn from parameters.seed.',
      request: {
        params,
        body: {
          required: true,
          content: { ...jsonContent(inferSchema), 'application/octet-stream': { schema: binary } },
        },
      },
      responses: {
        200: {
          description: 'The outputs.',
          content: { ...jsonContent(inferResponseSchema), 'application/octet-stream': { schema: binary } },
        },
        ...refusals,
      },
    }),
  ]
}

export const documentedRoutes = [
  ...modelRoutesAt('/v2/models/{model}', modelParameter),
  ...modelRoutesAt('/v2/models/{model}/versions/{version}', versionParameter),
]
