import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { run } from './load.ts'

it('counts what is answered, and what is lost', async () => {
  const bodies = new Set<string>()
  let [asked, refused] = [0, 0]
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => {
      body += part
    })
    request.on('end', () => {
      bodies.add(`${request.method} ${request.url} ${body}`)
      asked++
      // Every fifth is refused.
      const status = asked % 5 === 0 ? 429 : 200
      if (status === 429) refused++
      response.writeHead(status).end('hello')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const request = { method: 'POST', path: '/a', headers: {}, body: 'b' } as const
  const load = await run({ url, request, connections: 4, amount: 60 })
  server.close()
  expect([load.answered, load.lost, refused, asked]).toEqual([48, 12, 12, 60])
  expect([...bodies]).toEqual(['POST /a b'])
  expect(load.p99!).toBeGreaterThanOrEqual(load.p50!)
})

it('takes no refusal for an answer, however quick it is', async () => {
  const server = createServer((_request, response) => response.writeHead(429).end('no'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const load = await run({ url, request: { method: 'GET', path: '/', headers: {} }, connections: 2, amount: 20 })
  server.close()
  expect(load).toMatchObject({ requestsPerSecond: 0, answered: 0, lost: 20, bytes: 0 })
  expect([load.p50, load.p99]).toEqual([undefined, undefined])
})
