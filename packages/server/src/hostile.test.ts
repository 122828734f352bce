import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endlessConnections, hostileConnections } from './testing/hostile-connections.ts'
import { type HostileRequest, hostileLimits, hostileRequests, impatience } from './testing/hostile-requests.ts'
import { tinyServer } from './testing/tiny-server.ts'

const requests = await hostileRequests()
let tiny: Awaited<ReturnType<typeof tinyServer>>
let impatient: Awaited<ReturnType<typeof tinyServer>>
let url: string
const logged: object[] = []
beforeAll(async () => {
  tiny = await tinyServer({ limits: hostileLimits, log: (line) => logged.push(line) })
  url = (await tiny.server.listen({ port: 0 })).url
  impatient = await tinyServer({ limits: impatience })
})
afterAll(() => Promise.all([tiny.close(), impatient.close()]))

/** What would tell of this machine. */
const TELLING = /\/(tmp|home|work|usr|etc)\b|node_modules|\bat .*:\d+:\d+|\.ts\b|\d GB/

describe.each(Object.entries(requests))('%s', (_, cases) => {
  it.each(cases)('$what', async ({ method, path, body, headers, status, code }) => {
    const answer = await fetch(url + path, { method, ...(body !== undefined && { body }), ...(headers && { headers }) })
    const text = await answer.text()
    expect([answer.status, text.slice(0, 300)]).toEqual([status, expect.stringContaining(code ?? '"error"')])
    expect(text).not.toMatch(TELLING)
    expect(text.length).toBeLessThan(1000)
    expect(answer.headers.get('set-cookie')).toBeNull()
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect((await fetch(`${url}/v1/models/tiny/images/1.png`)).status).toBe(200)
  })
})

/** Sends bytes as they are, and waits until the server hangs up. */
function send(bytes: string, to: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(to).port), '127.0.0.1')
    let answer = ''
    socket.on('data', (data) => {
      answer += data
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
    socket.write(Buffer.from(bytes, 'latin1'))
  })
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0)

describe('connections', () => {
  it.each(hostileConnections)('%s', async (_, bytes, status) => {
    const answer = await send(bytes, url)
    expect(statusOf(answer)).toBe(status)
    expect(answer).not.toMatch(TELLING)
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  })

  it('are given up where they never end', async () => {
    const { url: other } = await impatient.server.listen({ port: 0 })
    const answers = await Promise.all(endlessConnections.map(([, bytes]) => send(bytes, other)))
    expect(answers.map(statusOf)).toEqual(endlessConnections.map(([, , status]) => status))
    expect((await fetch(`${other}/healthz`)).status).toBe(200)
  })

  it('are no fault of the server where a body ends too early', async () => {
    const before = logged.length
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    const head = 'POST /v1/models/tiny/generate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
    socket.write(`${head}Content-Length: 9\r\n\r\n{`, () => socket.destroy())
    await expect.poll(() => logged.slice(before)).toEqual([expect.objectContaining({ event: 'request', status: 400 })])
  })
})

it('are documented with their answers', async () => {
  await expect(page()).toMatchFileSnapshot('../../../docs/hostile-requests.md')
})

function page(): string {
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
  const request = ({ what, method, path, status, code = '' }: HostileRequest) =>
    row([what, `\`${method} ${path.replace(/(\d)\1{9,}/, '$1…')}\``, status, code && `\`${code}\``])
  return [
    '# Hostile requests, and what they are told',
    '',
    'Written by the test that sends them to a started server (`npx vitest run packages/server/src/hostile.test.ts -u`). Every answer is looked',
    'through for paths, stacks and words of the host, and after each the server must go on answering. The limits there are small:',
    `${Object.entries({ ...hostileLimits, ...impatience })
      .map(([name, value]) => `\`${name}\` ${value}`)
      .join(', ')}.`,
    ...Object.entries(requests).flatMap(([name, cases]) => [
      '',
      `## ${name}`,
      '',
      row(['what is sent', 'where', 'status', 'code']),
      '|---|---|---|---|',
      ...cases.map(request),
    ]),
    '',
    '## Connections',
    '',
    row(['bytes that are sent', 'status']),
    '|---|---|',
    ...[...hostileConnections, ...endlessConnections].map(([what, , status]) => row([what, status || 'hangs up'])),
    '',
  ].join('\n')
}
