import { z } from '@hono/zod-openapi'
import { pictureFormats } from '../generation/pictures.ts'
import { errorSchema } from '../http/answer-error.ts'
import type { ServerLimits } from '../limits.ts'

export const seedSchema = z.int().min(0).max(Number.MAX_SAFE_INTEGER).openapi({ example: 7 })

const weightedSchema = z.strictObject({ seed: seedSchema, weight: z.number().min(-1e6).max(1e6) })

/** What `POST /v1/models/{model}/generate` takes. */
function generateSchema({ count }: ServerLimits) {
  return z
    .strictObject({
      seed: seedSchema.optional().openapi({ description: 'The same seed gives the same samples. Default: any.' }),
      mix: z
        .array(weightedSchema)
        .min(1)
        .max(16)
        .optional()
        .openapi({ description: 'Instead of the seed: what is drawn, mixed of several seeds. One sample.' }),
      count: z.int().min(1).max(count).default(1),
      inputs: z
        .record(z.string().max(256), z.unknown())
        .default({})
        .openapi({
          description:
            'By name: a text as people write it ("7", "data:image/png;base64,…"), or numbers, of one element or of one a sample.',
          example: { labels: '7' },
        }),
      format: z
        .enum([...pictureFormats, 'json'])
        .optional()
        .openapi({ description: 'Default: as samples of its kind are shown.' }),
      grid: z
        .union([z.boolean(), z.strictObject({ columns: z.int().min(1).max(count) })])
        .default(false)
        .openapi({ description: 'All samples in one picture.' }),
    })
    .refine(({ mix, count }) => mix === undefined || count === 1, {
      message: 'a mixture is one sample',
      path: ['count'],
    })
    .openapi('Generate')
}

const USUAL_FRAMES = 24

/** What `POST /v1/models/{model}/interpolate` takes. */
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

/** What bodies of Gantry's own API ask for. */
function makeAskingSchemas(limits: ServerLimits) {
  return { generate: generateSchema(limits), interpolate: interpolateSchema(limits) }
}

type AskingSchemas = ReturnType<typeof makeAskingSchemas>

const known = new WeakMap<ServerLimits, AskingSchemas>()

/** Made once for the limits of a server. */
export function askingSchemas(limits: ServerLimits): AskingSchemas {
  const schemas = known.get(limits) ?? makeAskingSchemas(limits)
  known.set(limits, schemas)
  return schemas
}

/** What they want beside the inputs. */
export type AskingWanted = { readonly [Name in keyof AskingSchemas]: Omit<z.output<AskingSchemas[Name]>, 'inputs'> }

export const modelParameter = z.object({
  model: z
    .string()
    .max(64)
    .openapi({ param: { name: 'model', in: 'path' }, example: 'digits' }),
})

const failure = (description: string) => ({ description, content: { 'application/json': { schema: errorSchema } } })

/** Answers that every route of a model can give. */
export const failures = {
  400: failure('The request cannot be read.'),
  401: failure('The key is missing or wrong.'),
  404: failure('There is no such model.'),
  413: failure('The request is larger than the limits.'),
  415: failure('The body is of another type.'),
  422: failure('The model cannot be asked so.'),
  429: failure('Too much waits; Retry-After says for how long.'),
  503: failure('The model cannot answer now.'),
  504: failure('It took too long.'),
}

const refusalSchema = z.object({ error: z.string() }).openapi('Refusal')

/** The same answers in the words of the Open Inference Protocol. */
export const refusals = Object.fromEntries(
  Object.entries(failures).map(([status, { description }]) => [
    status,
    { description, content: { 'application/json': { schema: refusalSchema } } },
  ]),
)

const file = z.string().openapi({ type: 'string', format: 'binary' })

/** Pictures, and whatever else samples are shown as. */
export const shownContent = Object.fromEntries(
  [...pictureFormats.map((format) => `image/${format}`), 'text/plain'].map((type) => [type, { schema: file }]),
)
