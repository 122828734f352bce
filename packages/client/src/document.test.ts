import { float32 } from '@gantry/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ApiError } from './api-error.ts'
import { GantryClient } from './client.ts'
import type {
  ArrayBody,
  Control,
  GeneratedBody,
  GenerateRequest,
  InferBody,
  InterpolateRequest,
  ModelMetadata,
  ServedModel,
  Weighted,
} from './shapes.ts'
import { documentedServer, type Json } from './testing/documented-server.ts'

let tiny: Awaited<ReturnType<typeof documentedServer>>
let client: GantryClient
beforeAll(async () => {
  tiny = await documentedServer()
  client = new GantryClient({ url: 'http://localhost', fetch: tiny.fetch })
})
afterAll(() => tiny.close())

const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer())

describe('every method asks and is answered as the document says', () => {
  it('models', async () => {
    const models = await client.models()
    expect(models.map(({ name }) => name)).toEqual(['tiny', 'negative'])
    expect(await client.model('tiny')).toEqual(models[0])
    expect(models[0]!.manifest.inputs.latent!.drawn).toBe('normal')
    expect(await client.ready()).toBe(true)
  })

  it('samples', async () => {
    const one = await client.generate('tiny', { seed: 7, inputs: { truncation: 0.5 }, format: 'png' })
    expect(one).toMatchObject({ seed: 7, samples: [{ type: 'image/png' }] })
    const several = await client.generate('tiny', { seed: 7, count: 3 })
    expect(several.samples.map(({ type }) => type)).toEqual(new Array(3).fill('image/png'))
    const first = await client.image('tiny', 7, { inputs: { truncation: 1 } })
    expect(await bytesOf(several.samples[0]!)).toEqual(await bytesOf(first))
    expect((await client.generate('tiny', { count: 4, grid: { columns: 2 }, format: 'webp' })).samples).toHaveLength(1)
    const mix = [
      { seed: 1, weight: 1 },
      { seed: 2, weight: 1 },
    ]
    expect((await client.generate('tiny', { mix })).samples).toHaveLength(1)
    expect((await client.generate('tiny')).seed).toBeGreaterThanOrEqual(0)
  })

  it('numbers, which are those of tensors', async () => {
    const { outputs, ...about } = await client.generate('tiny', { seed: 3, count: 2, format: 'json' })
    expect(about).toMatchObject({ model: 'tiny', seed: 3, count: 2 })
    expect(outputs.samples).toMatchObject({ dtype: 'float32', shape: [2, 2, 2, 1] })
    const [truncation, latent] = [float32([2], [1, 0.5]), float32([2, 4], [1, 2, 3, 4, 5, 6, 7, 8])]
    const inferred = await client.infer('tiny', { latent, truncation }, { id: 'mine', outputs: ['samples'] })
    expect(inferred).toMatchObject({ model: 'tiny', version: about.version, id: 'mine' })
    expect(inferred.outputs.samples).toEqual(float32([2, 2, 2, 1], [1, 2, 3, 4, 2.5, 3, 3.5, 4]))
    const drawn = await client.infer('tiny', { truncation: float32([2], [1, 1]) }, { seed: 3 })
    expect(drawn.outputs).toEqual(outputs)
  })

  it('the address of a picture, its film and its tensors', async () => {
    const { version } = await client.model('tiny')
    const url = client.imageUrl('tiny', 7, { format: 'webp', inputs: { truncation: 0.5 }, version })
    expect(url).toBe(`http://localhost/v1/models/tiny/images/7.webp?truncation=0.5&v=${version}`)
    expect((await tiny.fetch(url)).headers.get('cache-control')).toContain('immutable')
    expect((await client.image('tiny', 7, { format: 'avif' })).type).toBe('image/avif')
    const film = { seeds: [1, 2], frames: 3, loop: false, milliseconds: 20, inputs: { truncation: 1 } }
    expect((await client.interpolate('tiny', film)).type).toBe('image/webp')
    const { inputs } = await client.metadata('tiny')
    expect(inputs[0]).toEqual({ name: 'latent', datatype: 'FP32', shape: [-1, 4] })
  })

  it('refusals, in the words of the server', async () => {
    const refused = async (work: Promise<unknown>) => {
      const error = await work.then(undefined, (reason: unknown) => reason)
      expect(error).toBeInstanceOf(ApiError)
      const { status, code, problem, fix, requestId } = error as ApiError
      expect(requestId).toMatch(/^[\da-f-]{36}$/)
      return [status, code, problem, fix]
    }
    const unknown = 'There is no such model.'
    expect(await refused(client.generate('nobody'))).toEqual([
      404,
      'MODEL_UNKNOWN',
      unknown,
      'There are tiny, negative.',
    ])
    expect(await refused(client.metadata('nobody'))).toEqual([404, 'INFERENCE_REFUSED', unknown, undefined])
    expect((await refused(client.model('../../etc/passwd'))).slice(0, 2)).toEqual([404, 'MODEL_UNKNOWN'])
    expect(await refused(client.generate('tiny', { inputs: { truncaton: 1 } }))).toEqual([
      422,
      'INPUT_UNKNOWN',
      "There is no input 'truncaton'.",
      "Did you mean 'truncation'?",
    ])
  })
})

it('leaves out what is for probes, Prometheus and versions alone', () => {
  const all = Object.entries(tiny.document.paths).flatMap(([path, methods]) =>
    Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect(all.filter((operation) => !tiny.asked.has(operation)).sort()).toEqual([
    'GET /healthz',
    'GET /metrics',
    'GET /v2',
    'GET /v2/health/live',
    'GET /v2/health/ready',
    'GET /v2/models/{model}/ready',
    'GET /v2/models/{model}/versions/{version}',
    'GET /v2/models/{model}/versions/{version}/ready',
    'POST /v2/models/{model}/versions/{version}/infer',
  ])
})

it('has the keys of the document in its types, each and no other', () => {
  // The compiler wants every key of a type here, and no other.
  type Keys<Shape> = Readonly<Record<keyof Required<Shape>, true>>
  const generate: Keys<GenerateRequest> = { seed: true, mix: true, count: true, inputs: true, format: true, grid: true }
  const weighted: Keys<Weighted> = { seed: true, weight: true }
  const film: Keys<InterpolateRequest> = { seeds: true, frames: true, loop: true, milliseconds: true, inputs: true }
  const model: Keys<ServedModel> = {
    ...{ name: true, version: true, ready: true, waiting: true },
    ...{ manifest: true, controls: true, drawn: true, latent: true },
  }
  const control: Keys<Control> = {
    ...{ name: true, control: true, whole: true, choices: true },
    ...{ range: true, otherwise: true, required: true },
  }
  const body = { model: true, version: true, seed: true, count: true, samples: true, outputs: true } as const
  const generated: Keys<GeneratedBody> = body
  const array: Keys<ArrayBody> = { dtype: true, shape: true, data: true }
  const infer: Keys<InferBody> = { model_name: true, model_version: true, id: true, outputs: true }
  const metadata: Keys<ModelMetadata> = { name: true, versions: true, platform: true, inputs: true, outputs: true }
  const { schemas } = tiny.document.components
  const keys = (schema: Json) => Object.keys(schema.properties).sort()
  const pairs: [Json, object][] = [
    ...[
      [schemas.Generate, generate] as [Json, object],
      [schemas.Generate.properties.mix.items, weighted] as [Json, object],
    ],
    [schemas.Interpolate, film],
    [schemas.Model, model],
    [schemas.Control, control],
    [schemas.Generated, generated],
    [schemas.Array, array],
    [schemas.InferResponse, infer],
    [schemas.ModelMetadata, metadata],
  ]
  for (const [schema, own] of pairs) expect(keys(schema)).toEqual(Object.keys(own).sort())
})
