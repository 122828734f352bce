import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from './api-error.ts'
import { GantryClient } from './client.ts'
import type { ClientOptions } from './connection.ts'

/** A client of a server that gives these answers, one after another, and what it was asked. */
function clientOf(answers: readonly (() => Response)[], options: Partial<ClientOptions> = {}) {
  const asked: { url: string; init: RequestInit }[] = []
  const fetch = async (url: string, init: RequestInit) => {
    init.signal?.throwIfAborted()
    asked.push({ url, init })
    const answer = answers[asked.length - 1]
    if (answer === undefined) throw new TypeError('fetch failed')
    return answer()
  }
  return { asked, client: new GantryClient({ url: 'http://here/gantry/', fetch, ...options }) }
}

const full = (headers: Record<string, string> = { 'retry-after': '3' }, status = 429) =>
  new Response(JSON.stringify({ error: { code: 'QUEUE_FULL', message: 'Full.', fix: 'Later.' } }), { status, headers })
const models = () => Response.json({ models: [] })

describe('where there is no room', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) })
    vi.spyOn(Math, 'random').mockReturnValue(0)
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  it.each([
    ['seconds', { 'retry-after': '3' }, 3000],
    ['a date', { 'retry-after': 'Thu, 01 Jan 2026 00:00:05 GMT' }, 5000],
    ['nothing', {}, 500],
  ])('asks again after %s of Retry-After', async (_, headers, milliseconds) => {
    const { asked, client } = clientOf([() => full(headers), models])
    const answer = client.models()
    await vi.advanceTimersByTimeAsync(milliseconds - 1)
    expect(asked).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(await answer).toEqual([])
    expect(asked).toHaveLength(2)
  })

  it('asks so often, and says then what the server said', async () => {
    const { asked, client } = clientOf(
      new Array(9).fill(() => full({ 'retry-after': '3' }, 503)),
      { retries: 2 },
    )
    const failure = client.models().catch((error: unknown) => error)
    await vi.runAllTimersAsync()
    expect(await failure).toMatchObject({ status: 503, code: 'QUEUE_FULL', fix: 'Later.', retryAfter: 3 })
    expect(asked).toHaveLength(3)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('does not wait longer than is wanted, nor for another reason', async () => {
    const patient = clientOf([() => full({ 'retry-after': '31' })])
    await expect(patient.client.models()).rejects.toMatchObject({ status: 429, retryAfter: 31 })
    const broken = clientOf([() => full({}, 500)])
    await expect(broken.client.models()).rejects.toMatchObject({ status: 500 })
    expect([patient.asked.length, broken.asked.length]).toEqual([1, 1])
  })

  it('waits no more once it is taken back', async () => {
    const { asked, client } = clientOf([full, models])
    const controller = new AbortController()
    const failure = client.models({ signal: controller.signal }).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(1000)
    const reason = new Error('not any more')
    controller.abort(reason)
    expect(await failure).toBe(reason)
    expect([asked.length, vi.getTimerCount()]).toEqual([1, 0])
    expect(await client.ready({ signal: controller.signal }).catch((error: unknown) => error)).toBe(reason)
  })
})

describe('what no Gantry answers', () => {
  it.each<[string, (client: GantryClient) => Promise<unknown>, (() => Response)[], object]>([
    ['nobody', (client) => client.models(), [], { code: 'SERVER_UNREACHABLE', status: undefined }],
    ['a proxy', (client) => client.models(), [() => new Response('<h1>', { status: 502 })], { status: 502 }],
    ['a page', (client) => client.models(), [() => new Response('<h1>')], { code: 'ANSWER_INVALID', status: 200 }],
    ['a page', (client) => client.infer('a', {}), [() => new Response('<h1>')], { code: 'ANSWER_INVALID' }],
    [
      'half of a tensor',
      (client) => client.infer('a', {}),
      [
        () => {
          const outputs = [{ name: 'y', datatype: 'FP32', shape: [2], parameters: { binary_data_size: 8 } }]
          const json = JSON.stringify({ model_name: 'a', model_version: '1', outputs })
          return new Response(`${json}1234`, { headers: { 'inference-header-content-length': String(json.length) } })
        },
      ],
      { code: 'ANSWER_INVALID', problem: "The output 'y' of the answer has 4 of 8 bytes." },
    ],
  ])('%s', async (_, ask, answers, expected) => {
    const error = await ask(clientOf(answers).client).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject(expected)
  })

  it('is not ready', async () => {
    expect(await clientOf([]).client.ready()).toBe(false)
    expect(await clientOf([() => full({}, 503)]).client.ready()).toBe(false)
  })
})

it('keeps the path of its address, and says its key', async () => {
  const { asked, client } = clientOf([models], { apiKey: 'sesame' })
  await client.models()
  expect(asked[0]!.url).toBe('http://here/gantry/v1/models')
  expect(new Headers(asked[0]!.init.headers).get('authorization')).toBe('Bearer sesame')
  expect(client.imageUrl('a/b', 1, { inputs: { labels: 'é&x' } })).toBe(
    'http://here/gantry/v1/models/a%2Fb/images/1.png?labels=%C3%A9%26x',
  )
  for (const url of ['localhost', 'localhost:8080', '/gantry']) {
    expect(() => new GantryClient({ url })).toThrow(/no address of a server.*http:/)
  }
})
