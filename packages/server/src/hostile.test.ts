import { connect } from 'node:net'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jsonOf, tinyServer } from './testing/tiny-server.ts'

let tiny: Awaited<ReturnType<typeof tinyServer>>
let port: number
beforeAll(async () => {
  tiny = await tinyServer({ limits: { bodyBytes: 2 ** 20, count: 16, pixels: 10_000, milliseconds: 1500 } })
  port = (await tiny.server.listen({ port: 0 })).port
})
afterAll(() => tiny.close())

const JSON_TYPE = { 'content-type': 'application/json' }
const GENERATE = '/v1/models/tiny/generate'
const INFER = '/v2/models/tiny/infer'
const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
const generate = (body: object | string) =>
  ['POST', GENERATE, typeof body === 'string' ? body : JSON.stringify(body)] as const
const tensor = (more: object = {}) => ({ name: 'latent', shape: [1, 4], datatype: 'FP32', data: [1, 2, 3, 4], ...more })
const infer = (...inputs: object[]) => ['POST', INFER, JSON.stringify({ inputs })] as const

type Case = [what: string, request: readonly [string, string, string?], status: number, code?: string]

const HOSTILE: Case[] = [
  ['JSON that is cut off', generate('{"count":'), 400, 'JSON_INVALID'],
  ['NaN', generate('{"inputs":{"latent":[NaN,0,0,0]}}'), 400, 'JSON_INVALID'],
  ['no JSON object', generate('7'), 422, 'REQUEST_INVALID'],
  ['a number beyond all', generate('{"inputs":{"latent":[1e999,0,0,0]}}'), 422, 'INPUT_INVALID'],
  ['nesting of 10,000', generate(`{"inputs":{"latent":${deep(10_000)}}}`), 422, 'INPUT_INVALID'],
  ['nesting of 100,000 where nothing nests', generate(`{"count":${deep(100_000)}}`), 422, 'REQUEST_INVALID'],
  ['a body beyond the limit', generate(`{"x":"${'x'.repeat(2 ** 20)}"}`), 413, 'BODY_TOO_LARGE'],
  ['a latent of the wrong length', generate({ inputs: { latent: [1, 2, 3] } }), 422, 'INPUT_MISMATCH'],
  ['ragged lists', generate({ count: 2, inputs: { latent: [[1, 2, 3, 4], [1]] } }), 422, 'INPUT_INVALID'],
  [
    'another number of rows',
    generate({
      count: 3,
      inputs: {
        latent: [
          [1, 2, 3, 4],
          [1, 2, 3, 4],
        ],
      },
    }),
    422,
    'INPUT_MISMATCH',
  ],
  ['an object for numbers', generate({ inputs: { latent: { length: 4 } } }), 422, 'INPUT_INVALID'],
  ['a number beyond its range', generate({ inputs: { truncation: 2 } }), 422, 'INPUT_OUT_OF_RANGE'],
  ['text for a number', generate({ inputs: { truncation: 'much' } }), 422, 'INPUT_INVALID'],
  ['a path for text', generate({ inputs: { latent: '../secret' } }), 422, 'INPUT_INVALID'],
  ['a negative count', generate({ count: -1 }), 422, 'REQUEST_INVALID'],
  ['a huge count', generate({ count: 1e9 }), 422, 'REQUEST_INVALID'],
  ['half a count', generate({ count: 1.5 }), 422, 'REQUEST_INVALID'],
  ['a negative seed', generate({ seed: -1 }), 422, 'REQUEST_INVALID'],
  ['a seed that is no exact number', generate({ seed: 2 ** 53 }), 422, 'REQUEST_INVALID'],
  ['what nobody asked for', generate({ cuont: 1 }), 422, 'REQUEST_INVALID'],
  ['an input that there is not', generate({ inputs: { latnet: [1] } }), 422, 'INPUT_UNKNOWN'],
  ['a prototype', generate('{"inputs":{"__proto__":[1]}}'), 400, 'JSON_INVALID'],
  ['a format that there is not', generate({ format: 'exe' }), 422, 'REQUEST_INVALID'],
  [
    'a mixture of too many',
    generate({ mix: Array.from({ length: 99 }, () => ({ seed: 1, weight: 1 })) }),
    422,
    'REQUEST_INVALID',
  ],
  ['a form of another site', ['POST', GENERATE], 415, 'CONTENT_TYPE_WRONG'],
  [
    'a path to a file',
    ['POST', '/v1/models/negative/generate', '{"inputs":{"source":"/etc/passwd"}}'],
    422,
    'UPLOAD_INVALID',
  ],
  [
    'an address',
    ['POST', '/v1/models/negative/generate', '{"inputs":{"source":"http://127.0.0.1/x.png"}}'],
    422,
    'UPLOAD_INVALID',
  ],
  [
    'no picture',
    ['POST', '/v1/models/negative/generate', '{"inputs":{"source":"data:image/png;base64,AAAA"}}'],
    422,
    'IMAGE_UNREADABLE',
  ],
  ['a picture that lacks', ['POST', '/v1/models/negative/generate', '{}'], 422, 'INPUT_MISSING'],
  ['path traversal', ['GET', '/v1/models/..%2f..%2f..%2fetc%2fpasswd/images/1.png'], 404, 'MODEL_UNKNOWN'],
  ['path traversal of files', ['GET', '/../../etc/passwd'], 404, 'NOT_FOUND'],
  ['a seed that is none', ['GET', '/v1/models/tiny/images/..%2f7.png'], 404, 'PICTURE_UNKNOWN'],
  ['a seed too long', ['GET', `/v1/models/tiny/images/${'9'.repeat(16)}.png`], 422, 'REQUEST_INVALID'],
  ['another format of pictures', ['GET', '/v1/models/tiny/images/7.svg'], 404, 'PICTURE_UNKNOWN'],
  ['a header in an address', ['GET', '/v1/models/tiny%0d%0aset-cookie:%20a=b'], 404, 'MODEL_UNKNOWN'],
  ['an address that cannot be read', ['GET', '/v1/models/%ff%fe'], 404, 'MODEL_UNKNOWN'],
  [
    'a film of too many pictures',
    ['POST', '/v1/models/tiny/interpolate', '{"seeds":[1,2],"frames":100000}'],
    422,
    'REQUEST_INVALID',
  ],
  ['another method', ['DELETE', '/v1/models/tiny'], 404, 'NOT_FOUND'],
  ['v2: another type', infer(tensor({ datatype: 'FP16' })), 400],
  ['v2: another length', infer(tensor({ data: [1] })), 400],
  ['v2: a huge shape', infer(tensor({ shape: [2 ** 31, 2 ** 31] })), 400],
  ['v2: rows that differ', infer(tensor(), { name: 'truncation', shape: [2], datatype: 'FP32', data: [1, 1] }), 422],
  ['v2: no rows', infer(tensor({ shape: [0, 4], data: [] })), 422],
  ['v2: too many rows', infer(tensor({ shape: [17, 4], data: new Array(68).fill(0) })), 422],
  ['v2: bytes that are not there', infer(tensor({ data: undefined, parameters: { binary_data_size: 16 } })), 400],
  ['v2: what is no number', infer(tensor({ data: ['1', null, 3, 4] })), 400],
  ['v2: the same twice', infer(tensor(), tensor()), 400],
]

describe('hostile requests', () => {
  it.each<Case>(HOSTILE)('%s', async (_, [method, path, body], status, code) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(body !== undefined && { body, headers: JSON_TYPE }),
    })
    const text = await answer.text()
    expect([answer.status, text.slice(0, 300)]).toEqual([status, expect.stringContaining(code ?? '"error"')])
    expect(text).not.toMatch(/\/(tmp|home|work|usr|etc)\b|node_modules|\bat .*:\d+:\d+|\.ts\b/)
    expect(answer.headers.get('set-cookie')).toBeNull()
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect((await fetch(`http://127.0.0.1:${port}/v1/models/tiny/images/1.png`)).status).toBe(200)
  })

  it('a picture that is a bomb is refused by its header', async () => {
    // Nine million pixels in some 30 kB.
    const bomb = await sharp({ create: { width: 3000, height: 3000, channels: 3, background: 'white' } })
      .png()
      .toBuffer()
    const source = `data:image/png;base64,${bomb.toString('base64')}`
    const answer = await tiny.post('/v1/models/negative/generate', { inputs: { source } })
    expect([answer.status, (await jsonOf(answer)).error.code]).toEqual([413, 'IMAGE_TOO_LARGE'])
    const many = { count: 16, inputs: { source: `data:image/png;base64,${(await small()).toString('base64')}` } }
    const tooMany = await tiny.post('/v1/models/negative/generate', many)
    expect([tooMany.status, (await jsonOf(tooMany)).error.code]).toEqual([413, 'REQUEST_TOO_LARGE'])
  })
})

const small = () =>
  sharp({ create: { width: 90, height: 90, channels: 3, background: 'red' } })
    .png()
    .toBuffer()

/** Bytes as they come, and what the server says until it hangs up. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('data', (data) => {
      answer += data
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
    socket.write(text)
  })
}

describe('hostile connections', () => {
  it.each([
    ['what is no HTTP', 'HELLO\r\n\r\n', /^HTTP\/1\.1 400/],
    ['headers without end', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, /^HTTP\/1\.1 431/],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx',
      /^HTTP\/1\.1 400/,
    ],
    [
      'another name of this machine',
      'GET /v1/models HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
      /^HTTP\/1\.1 403/,
    ],
    ['no name', 'GET /v1/models HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400/],
  ])('%s', async (_, text, answer) => {
    expect(await raw(text)).toMatch(answer)
    expect((await tiny.ask('/healthz')).status).toBe(200)
  })

  it('headers and bodies that never end are given up', async () => {
    const [headers, body] = await Promise.all([
      raw('GET / HTTP/1.1\r\nHost: localhost\r\n'),
      raw(
        `POST ${GENERATE} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
      ),
    ])
    expect(headers).toMatch(/^HTTP\/1\.1 408/)
    expect(body).toMatch(/^HTTP\/1\.1 4\d\d/)
  })
})
