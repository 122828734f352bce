import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { findModel, type ServerContext } from '../server-context.ts'
import { jsonContent, modelSchema, modelsSchema } from './answers.ts'
import { describeServed } from './describe.ts'
import { failures, modelParameter } from './schemas.ts'

const list = createRoute({
  method: 'get',
  path: '/v1/models',
  summary: 'The models',
  responses: { 200: { description: 'All models.', content: jsonContent(modelsSchema) }, 401: failures[401] },
})

const describe = createRoute({
  method: 'get',
  path: '/v1/models/{model}',
  summary: 'What a model takes and gives',
  request: { params: modelParameter },
  responses: {
    200: { description: 'The model.', content: jsonContent(modelSchema) },
    401: failures[401],
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
