import { dtypes, inferenceDatatypes } from '@gantry/core'
import { z } from '@hono/zod-openapi'

// What successful answers look like, for the document: answers themselves are made of typed values, and not checked again.

const dimension = z.union([z.int(), z.string()]).openapi({ description: 'A length, or the name of one that is open.' })

const portSchema = z
  .looseObject({
    modality: z.string(),
    dtype: z.enum(dtypes),
    shape: z.array(dimension).openapi({ description: 'Of one sample.' }),
    range: z.array(z.number()).optional(),
    names: z.array(z.string()).optional(),
    drawn: z.string().optional().openapi({ description: 'How it is drawn where nobody gives it.' }),
  })
  .openapi('Port')

const ports = z.record(z.string(), portSchema)

const controlSchema = z
  .object({
    name: z.string(),
    control: z.enum(['choice', 'number', 'picture', 'text']),
    whole: z.boolean().openapi({ description: 'Whether it takes whole numbers.' }),
    choices: z.array(z.string()).optional(),
    range: z.array(z.number()).length(2).optional(),
    otherwise: z.number().optional().openapi({ description: 'What it is where nobody says so.' }),
    required: z.boolean().openapi({ description: 'Whether nothing can be made without it.' }),
  })
  .openapi('Control')

export const modelSchema = z
  .object({
    name: z.string(),
    version: z.string().openapi({ description: 'Changes with the weights and the ports.' }),
    ready: z.boolean(),
    waiting: z.int().openapi({ description: 'Samples that wait.' }),
    manifest: z
      .looseObject({ inputs: ports, outputs: ports })
      .openapi({ description: 'Its inputs and outputs, what it was trained on, and how far.' }),
    controls: z.array(controlSchema).openapi({ description: 'How a form asks a person for its inputs.' }),
    drawn: z.boolean().openapi({ description: 'Whether a seed changes what is made.' }),
    latent: z.boolean().openapi({ description: 'Whether what is drawn can be mixed.' }),
  })
  .openapi('Model')

export const modelsSchema = z.object({ models: z.array(modelSchema) }).openapi('Models')

const arraySchema = z
  .object({ dtype: z.enum(dtypes), shape: z.array(z.int()), data: z.array(z.number()) })
  .openapi('Array')

/** What `generate` answers where it sends no file. */
export const generatedSchema = z
  .object({
    model: z.string(),
    version: z.string(),
    seed: z.int(),
    count: z.int(),
    samples: z.array(z.string()).optional().openapi({ description: 'A data URL a sample.' }),
    outputs: z.record(z.string(), arraySchema).optional().openapi({ description: 'By output, of format json.' }),
  })
  .openapi('Generated')

const datatype = z.enum(Object.values(inferenceDatatypes))

const tensorMetadata = z.object({ name: z.string(), datatype, shape: z.array(z.int()) })

export const modelMetadataSchema = z
  .object({
    name: z.string(),
    versions: z.array(z.string()),
    platform: z.string(),
    inputs: z.array(tensorMetadata),
    outputs: z.array(tensorMetadata),
  })
  .openapi('ModelMetadata')

export const inferResponseSchema = z
  .object({
    model_name: z.string(),
    model_version: z.string(),
    id: z.string().optional(),
    outputs: z.array(
      tensorMetadata.extend({
        parameters: z.looseObject({ binary_data_size: z.int() }).optional(),
        data: z.array(z.number()).optional(),
      }),
    ),
  })
  .openapi('InferResponse')

/** Content of answers that are JSON. */
export const jsonContent = <Schema extends z.ZodType>(schema: Schema) => ({ 'application/json': { schema } })
