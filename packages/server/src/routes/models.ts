import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { findModel, type ServerContext } from '../server-context.ts'
import { describeServed } from './describe.ts'
import { failures, modelParameter } from './schemas.ts'

const modelSchema = z
  .looseObject({
    name: z.string(),
    version: z.string(),
    ready: z.boolean(),
    manifest: z
      .looseObject({})
      .openapi({ description: 'Its inputs and outputs, what it was trained on, and how far.' }),
    controls: z.array(z.looseObject({ name: z.string(), control: z.enum(['choice', 'number', 'picture', 'text']) })),
  })
  .openapi('Model')

const list = createRoute({
  method: 'get',
  path: '/v1/models',
  summary: 'The models',
  responses: {
    200: {
      description: 'All models.',
      content: { 'application/json': { schema: z.object({ models: z.array(modelSchema) }) } },
    },
  },
})

const describe = createRoute({
  method: 'get',
  path: '/v1/models/{model}',
  summary: 'What a model takes and gives',
  request: { params: modelParameter },
  responses: {
    200: { description: 'The model.', content: { 'application/json': { schema: modelSchema } } },
    404: failures[404],
  },
})

export function modelRoutes(app: OpenAPIHono, context: ServerContext): void {
  app.openAPIRegistry.registerPath(list)
  app.get('/v1/models', ({ json }) =>
    json({ models: [...context.models.values()].map(({ current }) => describeServed(current)) }),
  )
  app.openAPIRegistry.registerPath(describe)
  app.get('/v1/models/:model', ({ json, req }) => json(describeServed(findModel(context, req.param('model')))))
}
