import { connect } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { tinyServer } from '../testing/tiny-server.ts'

let tiny: Awaited<ReturnType<typeof tinyServer>>
let friendly: Awaited<ReturnType<typeof tinyServer>>
let url: string
let friendlyUrl: string
beforeAll(async () => {
  const limits = { milliseconds: 1500 }
  // Where pages of others may ask, Hono answers everything.
  ;[tiny, friendly] = await Promise.all([
    tinyServer({ limits }),
    tinyServer({ limits, cors: ['https://friend.example'] }),
  ])
  url = (await tiny.server.listen({ port: 0 })).url
  friendlyUrl = (await friendly.server.listen({ port: 0 })).url
})
afterAll(() => Promise.all([tiny.close(), friendly.close()]))

const json = (body: object, headers: Readonly<Record<string, string>> = {}): RequestInit => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json', ...headers },
})
const tensor = { name: 'latent', shape: [1, 4], datatype: 'FP32', data: [1, 2, 3, 4] }
const origin = { origin: 'https://friend.example' }

const REQUESTS: [string, string, RequestInit?][] = [
  ['tensors as bytes', '/v2/models/tiny/infer', json({ inputs: [tensor], parameters: { binary_data_output: true } })],
  ['tensors as JSON', '/v2/models/tiny/infer', json({ inputs: [tensor] })],
  ['a page of a friend', '/v2/models/tiny/infer', json({ inputs: [tensor] }, origin)],
  ['an error', '/v2/models/tiny/infer', json({ inputs: [{ ...tensor, shape: [4] }] })],
  ['a picture', '/v1/models/tiny/images/7.png'],
  ['a picture for a friend', '/v1/models/tiny/images/7.webp', { headers: origin }],
  ['only its headers', '/v1/models/tiny/images/7.png', { method: 'HEAD' }],
  ['a picture that is made', '/v1/models/tiny/generate', json({ seed: 3 })],
  ['several', '/v1/models/tiny/generate', json({ seed: 3, count: 2 })],
  ['a film', '/v1/models/tiny/interpolate', json({ seeds: [1, 2], frames: 3 })],
  ['nothing', '/v1/nothing'],
  ['a model that there is not', '/v2/models/small/infer', json({ inputs: [tensor] })],
  ['a name that is written otherwise', '/v2/models/t%69ny/infer', json({ inputs: [tensor] })],
  ['something behind the address', '/v1/models/tiny/generate?x=1', json({ seed: 3 })],
  ['another version', '/v2/models/tiny/versions/7/infer', json({ inputs: [tensor] })],
  ['an input that there is not', '/v1/models/tiny/generate', json({ inputs: { latnet: [1] } })],
  ['another type', '/v1/models/tiny/generate', { method: 'POST', body: '{"seed":3}' }],
  ['no body', '/v1/models/tiny/generate', { method: 'POST', headers: { 'content-type': 'application/json' } }],
  ['a body that is packed', '/v2/models/tiny/infer', json({ inputs: [tensor] }, { 'content-encoding': 'gzip' })],
  ['a body that is no JSON', '/v2/models/tiny/infer', { ...json({}), body: '{' }],
  ['a page of an enemy', '/v2/models/tiny/infer', json({ inputs: [tensor] }, { origin: 'https://evil.example' })],
  ['numbers of many samples', '/v1/models/tiny/generate', json({ seed: 3, count: 200, format: 'json' })],
]

/** What is Node's own, or another every time. */
const OWN = ['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding', 'x-request-id']

async function told(answer: Response) {
  const headers = [...answer.headers].filter(([name]) => !OWN.includes(name)).sort()
  return { status: answer.status, headers, body: Buffer.from(await answer.arrayBuffer()).toString('base64') }
}

it.each(REQUESTS)('Node sends what `fetch` answers: %s', async (_, path, init = {}) => {
  for (const [server, address] of [
    [tiny, url],
    [friendly, friendlyUrl],
  ] as const) {
    const sent = await fetch(address + path, init)
    const length = sent.headers.get('content-length')
    const [byNode, byFetch] = [await told(sent), await told(await server.ask(path, init))]
    expect(byNode).toEqual(byFetch)
    expect(byNode.headers.length).toBeGreaterThan(4)
    if (length !== null && init.method !== 'HEAD')
      expect(Buffer.from(byNode.body, 'base64')).toHaveLength(Number(length))
  }
})

it('takes the body as long as it is, in pieces and without a length', async () => {
  const whole = Buffer.from(JSON.stringify({ inputs: [tensor], parameters: { seed: 1 } }))
  const body = new ReadableStream({
    async start(controller) {
      for (let at = 0; at < whole.length; at += 20) {
        controller.enqueue(whole.subarray(at, at + 20))
        await new Promise((resolve) => setImmediate(resolve))
      }
      controller.close()
    },
  })
  const init = { method: 'POST', headers: { 'content-type': 'application/json' } }
  const streamed = await fetch(`${url}/v2/models/tiny/infer`, { ...init, body, duplex: 'half' } as RequestInit)
  const atOnce = await fetch(`${url}/v2/models/tiny/infer`, { ...init, body: whole })
  expect([streamed.status, await streamed.text()]).toEqual([200, await atOnce.text()])
})

it('answers those that stay when others hang up', async () => {
  const { port } = new URL(url)
  const body = JSON.stringify({ inputs: [tensor] })
  const request = `POST /v2/models/tiny/infer HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  const gone = Array.from({ length: 20 }, () => {
    const socket = connect(Number(port), '127.0.0.1')
    socket.write(request, () => socket.destroy())
    return new Promise((resolve) => socket.on('close', resolve))
  })
  const stay = Array.from({ length: 20 }, () => fetch(`${url}/v2/models/tiny/infer`, json({ inputs: [tensor] })))
  await Promise.all(gone)
  expect((await Promise.all(stay)).map(({ status }) => status)).toEqual(new Array(20).fill(200))
  await expect.poll(async () => (await tiny.ask('/metrics')).text()).toMatch(/gantry_queue_depth\{model="tiny"\} 0/)
})

it('takes a seed as a number, or as the digits of one', async () => {
  const ask = (seed: unknown) => fetch(`${url}/v2/models/tiny/infer`, json({ inputs: [], parameters: { seed } }))
  expect(await (await ask('7')).text()).toBe(await (await ask(7)).text())
  for (const seed of [true, '', ' 7', '-1', 1.5, -1]) expect((await ask(seed)).status, JSON.stringify(seed)).toBe(422)
})
