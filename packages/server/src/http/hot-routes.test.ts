import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { usualLimits } from '../limits.ts'
import { listen } from '../listen.ts'
import { answer } from './answer.ts'
import { type HotRoute, takeAtOnce } from './hot-routes.ts'
import type { LogRecord } from './observe-requests.ts'
import { RequestError } from './request-error.ts'
import { ServerMetrics } from './server-metrics.ts'
import { UnderWay } from './under-way.ts'

const lines: LogRecord[] = []
const metrics = new ServerMetrics(() => [])
const underWay = new UnderWay()
const echo: HotRoute = {
  pattern: '/v1/:model/echo',
  async handle(exchange, { model }) {
    const body = Buffer.from(await exchange.bytes()).toString()
    if (body === 'break') throw new Error('at /home/somebody/secret.ts:1:1')
    return answer(Buffer.from(`${model} ${body} ${exchange.header('x-one')}`), { 'content-type': 'text/plain' })
  },
}
const checkDoor = ({ header }: { header(name: string): string | undefined }) => {
  if (header('x-door') === 'shut') throw new RequestError({ status: 403, code: 'SHUT', message: 'It is shut.' })
}
const take = takeAtOnce([echo], {
  observers: { metrics, log: (line) => lines.push(line) },
  underWay,
  checks: [(exchange) => checkDoor({ header: (name) => exchange.header(name) })],
})
const server = createServer((incoming, outgoing) => {
  if (!take(incoming, outgoing)) outgoing.writeHead(299, { 'content-length': 4 }).end('left')
})
beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'))
afterAll(() => void server.close())

/** The status and the body that lines are answered with. */
async function send(first: string, body: string, more: readonly string[] = [], host = 'Host: localhost') {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const head = [`${first} HTTP/1.1`, host, 'Connection: close', ...more]
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  let text = ''
  for await (const part of socket) text += part
  return [Number(text.slice(9, 12)), text.slice(text.indexOf('\r\n\r\n') + 4)]
}
const length = (body: string) => `Content-Length: ${body.length}`

it('comes before Hono where a server listens', async () => {
  const taken = (_: unknown, outgoing: ServerResponse) => {
    outgoing.end('taken')
    return true
  }
  const hono = { fetch: () => expect.unreachable() } as never
  const listening = await listen({ hono, take: taken }, { port: 0 }, { hasKey: false, limits: usualLimits })
  expect(await (await fetch(listening.address.url)).text()).toBe('taken')
  await listening.close(1000)
})

it('takes what is usual, and leaves the rest', async () => {
  expect(await send('POST /v1/x-1.y/echo', 'hello', [length('hello'), 'X-One: a', 'x-one: b'])).toEqual([
    200,
    'x-1.y hello a, b',
  ])
  for (const path of [
    '/v1/%41/echo',
    '/v1/a/echo?b',
    '/v1/a/echo/',
    '/v1//echo',
    '//v1/a/echo',
    '/v1/a/ECHO',
    'http://localhost/v1/a/echo',
  ])
    expect([path, ...(await send(`POST ${path}`, 'a', [length('a')]))]).toEqual([path, 299, 'left'])
  expect(await send('PUT /v1/a/echo', 'a', [length('a')])).toEqual([299, 'left'])
  expect(await send('POST /v1/a/echo', '1\r\na\r\n0\r\n\r\n', ['Transfer-Encoding: chunked'])).toEqual([299, 'left'])
  const large = 'x'.repeat(2 ** 16 + 1)
  expect((await send('POST /v1/a/echo', large, [length(large)]))[0]).toBe(299)
  expect(await send('POST /v1/a/echo', 'a', [length('a')], 'Host: a b')).toEqual([299, 'left'])
  expect(await send('POST /v1/a/echo', 'a', [length('a'), 'Host: evil.example'])).toEqual([299, 'left'])
})

it('tells what is wrong, without a word of the host, and writes it down', async () => {
  expect(await send('POST /v1/a/echo', 'a', [length('a'), 'X-Door: shut'])).toEqual([
    403,
    JSON.stringify({ error: { code: 'SHUT', message: 'It is shut.' } }),
  ])
  lines.length = 0
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
  const [status, text] = await send('POST /v1/a/echo', 'break', [
    length('break'),
    `traceparent: 00-${trace}-00f067aa0ba902b7-01`,
  ])
  expect([status, JSON.parse(String(text)).error.code]).toEqual([500, 'INTERNAL'])
  expect(lines).toMatchObject([
    { event: 'failure', traceId: trace, error: expect.stringContaining('secret') },
    { event: 'request', traceId: trace, method: 'POST', route: '/v1/:model/echo', status: 500 },
  ])
  expect(lines[0]!.requestId).toBe(lines[1]!.requestId)
  expect(await metrics.text()).toContain('gantry_requests_total{method="POST",route="/v1/:model/echo",status="500"} 1')
  await underWay.ended()
})

it('lets go of a body that ends too early', async () => {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  lines.length = 0
  socket.write('POST /v1/a/echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{', () => socket.destroy())
  await expect.poll(() => lines.at(-1)?.event).toBe('request')
  await underWay.ended()
})
