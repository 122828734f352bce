import { decodePng, supply } from '@gantry/modalities'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jsonOf, tinyServer } from './testing/tiny-server.ts'

let tiny: Awaited<ReturnType<typeof tinyServer>>
beforeAll(async () => {
  tiny = await tinyServer()
})
afterAll(() => tiny.close())

const bytesOf = async (answer: Response) => new Uint8Array(await answer.arrayBuffer())

/** What the network makes of a seed, computed here: latent · truncation. */
function expected(seed: number, truncation = 1, latent?: readonly number[]): number[] {
  const ports = { latent: { modality: 'latent', dtype: 'float32', shape: [4], drawn: 'normal' } } as const
  const drawn = latent ?? Array.from(supply(ports, { seed, from: 0, count: 1 }).latent!.data, Number)
  return drawn.map((value) => Math.fround(value * Math.fround(truncation)))
}

async function numbersOf(body: object): Promise<number[]> {
  const answer = await tiny.post('/v1/models/tiny/generate', { format: 'json', ...body })
  expect(answer.status).toBe(200)
  return (await jsonOf(answer)).outputs.samples.data
}

describe('models', () => {
  it('says what they take, and how people are asked for it', async () => {
    const { models } = await jsonOf(await tiny.ask('/v1/models'))
    expect(models.map(({ name }: { name: string }) => name)).toEqual(['tiny', 'negative'])
    expect(models[0]).toMatchObject({
      ready: true,
      latent: true,
      controls: [{ name: 'truncation', control: 'number', range: [0, 1], otherwise: 1, required: false }],
    })
    expect(models[1]).toMatchObject({ latent: false, drawn: false, controls: [{ name: 'source', control: 'picture' }] })
    expect(await jsonOf(await tiny.ask('/v1/models/tiny'))).toEqual(models[0])
  })

  it('knows no others, whatever their name looks like', async () => {
    for (const name of ['small', '..%2f..%2fetc%2fpasswd', '__proto__', 'constructor', '%00']) {
      const answer = await tiny.ask(`/v1/models/${name}`)
      expect([name, answer.status, (await jsonOf(answer)).error.code]).toEqual([name, 404, 'MODEL_UNKNOWN'])
    }
  })
})

describe('generate', () => {
  it('makes what the model makes of a seed and of inputs', async () => {
    expect(await numbersOf({ seed: 5 })).toEqual(expected(5))
    expect(await numbersOf({ seed: 5, inputs: { truncation: 0.5 } })).toEqual(expected(5, 0.5))
    expect(await numbersOf({ seed: 5, inputs: { truncation: '0.5' } })).toEqual(expected(5, 0.5))
    const latent = [0.1, -0.2, 0.3, -0.4].map(Math.fround)
    expect(await numbersOf({ inputs: { latent } })).toEqual(latent)
    expect(await numbersOf({ count: 2, inputs: { latent: [latent, latent], truncation: [1, 0] } })).toEqual([
      ...latent,
      ...[0, 0, 0, 0],
    ])
  })

  it.each([
    [{ count: 0 }, "The request: 'count' must be at least 1, not 0."],
    [{ sead: 7 }, "The request has no key 'sead'. Did you mean 'seed'?"],
    [{ mix: [{ seed: 1, weight: 'half' }] }, `The request: 'mix.0.weight' must be of type number, not "half".`],
    [{ mix: [{ seed: 1, weight: 1 }], count: 2 }, "The request: 'count': a mixture is one sample."],
    [{ format: 'gif' }, `The request: 'format' must be one of: png, webp, avif, jpeg, json, not "gif".`],
  ])('says what is wrong with %j', async (body, message) => {
    const answer = await tiny.post('/v1/models/tiny/generate', body)
    expect([answer.status, (await jsonOf(answer)).error]).toMatchObject([422, { code: 'REQUEST_INVALID', message }])
  })

  it('says of which seed it made what nobody chose', async () => {
    const answer = await tiny.post('/v1/models/tiny/generate', { format: 'json' })
    const { seed, outputs } = await jsonOf(answer)
    expect(answer.headers.get('gantry-seed')).toBe(String(seed))
    expect(outputs.samples.data).toEqual(expected(seed))
  })

  it('mixes seeds to what is as likely as they are', async () => {
    const mix = [
      { seed: 1, weight: 3 },
      { seed: 2, weight: 4 },
    ]
    const [one, two] = [expected(1), expected(2)]
    const made = await numbersOf({ mix })
    // Shoemake's formula, at so much of the angle between them as the weights' is of a right one; the length goes straight.
    const at = Math.atan2(4, 3) / (Math.PI / 2)
    const [length1, length2] = [Math.hypot(...one), Math.hypot(...two)]
    const angle = Math.acos(one.reduce((sum, value, index) => sum + value * two[index]!, 0) / (length1 * length2))
    const length = (1 - at) * length1 + at * length2
    const [share1, share2] = [Math.sin((1 - at) * angle), Math.sin(at * angle)].map((each) => each / Math.sin(angle))
    for (const [index, value] of made.entries()) {
      expect(value).toBeCloseTo(length * ((share1! * one[index]!) / length1 + (share2! * two[index]!) / length2), 5)
    }
    expect(await numbersOf({ mix: [{ seed: 1, weight: 2 }] })).toEqual(one)
  })

  it.each(['png', 'webp', 'avif', 'jpeg'])('sends %s', async (format) => {
    const answer = await tiny.post('/v1/models/tiny/generate', { seed: 1, format })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, `image/${format}`])
    const about = await sharp(await bytesOf(answer)).metadata()
    expect([about.width, about.height, about.format]).toEqual([2, 2, format === 'avif' ? 'heif' : format])
  })

  it('sends several as a grid, or one by one', async () => {
    const grid = await tiny.post('/v1/models/tiny/generate', { count: 6, grid: { columns: 3 } })
    const { width, height } = decodePng(await bytesOf(grid))
    expect([width, height]).toEqual([3 * 4 + 2, 2 * 4 + 2])
    const { samples } = await jsonOf(await tiny.post('/v1/models/tiny/generate', { count: 3, seed: 2 }))
    expect(samples).toHaveLength(3)
    expect(samples[0]).toMatch(/^data:image\/png;base64,/)
  })

  it('takes pictures of any size from the request itself', async () => {
    const picture = await sharp({ create: { width: 3, height: 2, channels: 3, background: '#ff0000' } })
      .png()
      .toBuffer()
    const source = `data:image/png;base64,${picture.toString('base64')}`
    const answer = await tiny.post('/v1/models/negative/generate', { inputs: { source } })
    const { width, height, data } = decodePng(await bytesOf(answer))
    expect([width, height, ...data.slice(0, 3)]).toEqual([3, 2, 0, 255, 255])
  })
})

describe('images', () => {
  it('are the same under their address, and cached', async () => {
    const { version } = await jsonOf(await tiny.ask('/v1/models/tiny'))
    const path = `/v1/models/tiny/images/7.png?truncation=0.5&v=${version}`
    const first = await tiny.ask(path)
    const etag = first.headers.get('etag')!
    expect(etag).toMatch(/^"[\w-]{27}"$/)
    expect(first.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(await bytesOf(await tiny.ask(path))).toEqual(await bytesOf(first))
    expect((await tiny.ask(path, { headers: { 'if-none-match': `"x", ${etag}` } })).status).toBe(304)
    const others = ['8.png?truncation=0.5', '7.webp?truncation=0.5', '7.png?truncation=0.6', '7.png']
    for (const other of others)
      expect((await tiny.ask(`/v1/models/tiny/images/${other}`)).headers.get('etag')).not.toBe(etag)
    expect((await tiny.ask('/v1/models/tiny/images/7.png')).headers.get('cache-control')).toBe('public, no-cache')
  })
})

describe('interpolate', () => {
  it('films the way between seeds', async () => {
    const answer = await tiny.post('/v1/models/tiny/interpolate', { seeds: [1, 2], frames: 5, milliseconds: 50 })
    expect(answer.headers.get('content-type')).toBe('image/webp')
    const { pages, delay } = await sharp(await bytesOf(answer), { pages: -1 }).metadata()
    // Pictures that are alike are kept as one that lasts longer.
    expect(pages).toBeGreaterThan(1)
    expect(delay!.reduce((sum, each) => sum + each, 0)).toBe(250)
  })

  it('begins with the picture of its first seed, as it is', async () => {
    const pixels = (bytes: Uint8Array) => sharp(bytes).ensureAlpha().raw().toBuffer()
    const film = await tiny.post('/v1/models/tiny/interpolate', { seeds: [1, 2], frames: 4 })
    const picture = await tiny.ask('/v1/models/tiny/images/1.png')
    const [shown, wanted] = await Promise.all([film, picture].map(async (answer) => pixels(await bytesOf(answer))))
    // WebP of two by two pixels loses much of the light, but nothing of what is opaque.
    for (const [index, value] of wanted!.entries()) {
      if (index % 4 === 3) expect(shown![index]).toBe(255)
      else expect(Math.abs(shown![index]! - value)).toBeLessThan(64)
    }
  })
})

describe('probes and metrics', () => {
  it('answers, counts and documents', async () => {
    expect((await tiny.ask('/healthz')).status).toBe(200)
    expect((await tiny.ask('/readyz')).status).toBe(200)
    const text = await (await tiny.ask('/metrics')).text()
    expect(text).toMatch(/gantry_samples_total\{model="tiny"\} \d/)
    expect(text).toMatch(
      /gantry_requests_total\{method="GET",route="\/v1\/models\/:model\/images\/:file",status="200"\} \d/,
    )
    expect(text).toMatch(/gantry_queue_depth\{model="tiny"\} 0/)
    const document = await jsonOf(await tiny.ask('/openapi.json'))
    expect(Object.keys(document.paths)).toContain('/v1/models/{model}/generate')
    expect(document.components.schemas.Generate.properties.count).toMatchObject({ minimum: 1, maximum: 256 })
  })

  it('takes the trace of whoever asks over into its log, and tells the id of the request', async () => {
    const lines: Record<string, unknown>[] = []
    const other = await tinyServer({ log: (line) => lines.push(line) })
    try {
      const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
      const traceparent = `00-${trace}-00f067aa0ba902b7-01`
      const answer = await other.ask('/healthz', { headers: { traceparent } })
      const own = { traceId: trace, parentId: '00f067aa0ba902b7', status: 200, route: '/healthz' }
      expect(lines[0]).toMatchObject(own)
      expect(answer.headers.get('x-request-id')).toBe(lines[0]!.requestId)
      // What is none is not taken over: another version, no ids, anything else.
      const none = [`ff-${trace}-00f067aa0ba902b7-01`, `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, '{"event":"x"}']
      for (const wrong of none) await other.ask('/healthz', { headers: { traceparent: wrong } })
      expect(lines.slice(1).map(({ traceId }) => traceId)).toEqual([undefined, undefined, undefined])
    } finally {
      await other.close()
    }
  })
})
