import sharp from 'sharp'

/** A request that means no good, and what it is told. */
export interface HostileRequest {
  readonly what: string
  readonly method: string
  readonly path: string
  readonly body?: string | Uint8Array<ArrayBuffer>
  readonly headers?: Readonly<Record<string, string>>
  readonly status: number
  /** Of v1; the Open Inference Protocol has sentences. */
  readonly code?: string
}

/** What the server of these requests allows: small enough that tests can go beyond. */
export const hostileLimits = { bodyBytes: 2 ** 20, count: 16, pixels: 10_000 }

/** When the server of those that never end gives up. */
export const impatience = { milliseconds: 1500 }

const GENERATE = '/v1/models/tiny/generate'
const JSON_TYPE = { 'content-type': 'application/json' }
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
const keys = (count: number) => Array.from({ length: count }, (_, index) => `"k${index}":1`).join()
const four = [1, 2, 3, 4]

function post(what: string, path: string, body: object | string, status: number, code?: string): HostileRequest {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { what, method: 'POST', path, body: text, headers: JSON_TYPE, status, ...(code && { code }) }
}

const generate = (what: string, body: object | string, status: number, code: string) =>
  post(what, GENERATE, body, status, code)
const inputs = (what: string, given: object, status: number, code: string) =>
  generate(what, { inputs: given }, status, code)
const get = (what: string, path: string, status: number, code: string) => ({ what, method: 'GET', path, status, code })

const json: HostileRequest[] = [
  generate('JSON that is cut off', '{"count":', 400, 'JSON_INVALID'),
  generate('NaN', '{"inputs":{"latent":[NaN,0,0,0]}}', 400, 'JSON_INVALID'),
  { ...generate('bytes that are no UTF-8', '', 400, 'JSON_INVALID'), body: Uint8Array.of(0x7b, 0xff, 0x7d) },
  generate('nothing', '', 400, 'JSON_INVALID'),
  generate('no JSON object', '7', 422, 'REQUEST_INVALID'),
  generate('a prototype', '{"inputs":{"__proto__":[1]}}', 400, 'JSON_INVALID'),
  generate('a prototype in disguise', '{"\\u005f_proto__":{"count":3}}', 400, 'JSON_INVALID'),
  generate('80,000 keys', `{${keys(80_000)}}`, 422, 'JSON_TOO_WIDE'),
  generate('9,000 keys, deep inside', `{"inputs":{"latent":[[{${keys(9000)}}]]}}`, 422, 'JSON_TOO_WIDE'),
  generate('1,000 inputs', `{"inputs":{${keys(1000)}}}`, 422, 'JSON_TOO_WIDE'),
  generate('lists in lists, 10,000 deep', `{"inputs":{"latent":${nested(10_000)}}}`, 422, 'INPUT_INVALID'),
  generate('100,000 deep, where a number belongs', `{"count":${nested(100_000)}}`, 422, 'REQUEST_INVALID'),
  generate('what nobody asked for', { cuont: 1 }, 422, 'REQUEST_INVALID'),
  generate('a body beyond the limit', `{"x":"${'x'.repeat(2 ** 20)}"}`, 413, 'BODY_TOO_LARGE'),
  { ...generate('a packed body', '{}', 415, 'BODY_ENCODED'), headers: { ...JSON_TYPE, 'content-encoding': 'gzip' } },
  { what: 'a form of another site', method: 'POST', path: GENERATE, status: 415, code: 'CONTENT_TYPE_WRONG' },
]

const numbers: HostileRequest[] = [
  inputs('a latent of the wrong length', { latent: [1, 2, 3] }, 422, 'INPUT_MISMATCH'),
  generate('ragged lists', { count: 2, inputs: { latent: [four, [1]] } }, 422, 'INPUT_INVALID'),
  generate('another number of rows', { count: 3, inputs: { latent: [four, four] } }, 422, 'INPUT_MISMATCH'),
  inputs('an object for numbers', { latent: { length: 4 } }, 422, 'INPUT_INVALID'),
  generate('a number beyond all', '{"inputs":{"latent":[1e999,0,0,0]}}', 422, 'INPUT_INVALID'),
  inputs('a number beyond float32', { latent: [1e300, 0, 0, 0] }, 422, 'INPUT_INVALID'),
  generate('a weight beyond all', { mix: [{ seed: 1, weight: 1e9 }] }, 422, 'REQUEST_INVALID'),
  inputs('a number beyond its range', { truncation: 2 }, 422, 'INPUT_OUT_OF_RANGE'),
  inputs('text for a number', { truncation: 'much' }, 422, 'INPUT_INVALID'),
  inputs('a text of 100,000 letters', { truncation: 'x'.repeat(100_000) }, 422, 'INPUT_INVALID'),
  inputs('an input that there is not', { latnet: [1] }, 422, 'INPUT_UNKNOWN'),
  generate('a negative count', { count: -1 }, 422, 'REQUEST_INVALID'),
  generate('a huge count', { count: 1e9 }, 422, 'REQUEST_INVALID'),
  generate('half a count', { count: 1.5 }, 422, 'REQUEST_INVALID'),
  generate('a negative seed', { seed: -1 }, 422, 'REQUEST_INVALID'),
  generate('a seed that is no exact number', { seed: 2 ** 53 }, 422, 'REQUEST_INVALID'),
  generate('a format that there is not', { format: 'exe' }, 422, 'REQUEST_INVALID'),
  generate('a mixture of too many', { mix: new Array(99).fill({ seed: 1, weight: 1 }) }, 422, 'REQUEST_INVALID'),
  post(
    'a film of too many pictures',
    '/v1/models/tiny/interpolate',
    { seeds: [1, 2], frames: 100_000 },
    422,
    'REQUEST_INVALID',
  ),
]

const addresses: HostileRequest[] = [
  get('path traversal', '/v1/models/..%2f..%2f..%2fetc%2fpasswd/images/1.png', 404, 'MODEL_UNKNOWN'),
  get('path traversal among files', '/../../etc/passwd', 404, 'NOT_FOUND'),
  get('path traversal among the files of the page', '/page/..%2f..%2fpackage.json', 404, 'NOT_FOUND'),
  inputs('a path for numbers', { latent: '../secret' }, 422, 'INPUT_INVALID'),
  get('a header in an address', '/v1/models/tiny%0d%0aset-cookie:%20a=b', 404, 'MODEL_UNKNOWN'),
  get('an address that cannot be read', '/v1/models/%ff%fe', 404, 'MODEL_UNKNOWN'),
  get('a seed that is none', '/v1/models/tiny/images/..%2f7.png', 404, 'PICTURE_UNKNOWN'),
  get('a seed too long', `/v1/models/tiny/images/${'9'.repeat(16)}.png`, 422, 'REQUEST_INVALID'),
  get('another format of pictures', '/v1/models/tiny/images/7.svg', 404, 'PICTURE_UNKNOWN'),
  { ...get('another method', '/v1/models/tiny', 404, 'NOT_FOUND'), method: 'DELETE' },
]

const NEGATIVE = '/v1/models/negative/generate'
const blank = (side: number) => sharp({ create: { width: side, height: side, channels: 3, background: 'red' } }).png()
const dataUrl = (bytes: Uint8Array, type = 'image/png') =>
  `data:${type};base64,${Buffer.from(bytes).toString('base64')}`

async function uploads(): Promise<HostileRequest[]> {
  const [bomb, small, fitting] = await Promise.all([3000, 90, 60].map((side) => blank(side).toBuffer()))
  const frames = await Promise.all(['red', 'blue', 'lime'].map((background) => frame(background)))
  const film = await sharp(frames, { join: { animated: true } })
    .webp()
    .toBuffer()
  const drawing = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>')
  const send = (what: string, source: unknown, status: number, code: string, count = 1) =>
    post(what, NEGATIVE, { count, inputs: { source } }, status, code)
  return [
    send('a picture of nine million pixels in 30 kB', dataUrl(bomb!), 413, 'IMAGE_TOO_LARGE'),
    send('many small ones', new Array(4).fill(dataUrl(fitting!)), 413, 'IMAGE_TOO_LARGE', 4),
    send('a film, whose frames are small', dataUrl(film, 'image/webp'), 413, 'IMAGE_TOO_LARGE'),
    send('more pictures than are made at once', dataUrl(small!), 413, 'REQUEST_TOO_LARGE', 16),
    send('a drawing that names a file', dataUrl(drawing, 'image/svg+xml'), 422, 'IMAGE_UNREADABLE'),
    send('a drawing that is called a PNG', dataUrl(drawing), 422, 'IMAGE_UNREADABLE'),
    send('half a picture', dataUrl(small!.subarray(0, 40)), 422, 'IMAGE_UNREADABLE'),
    send('no picture', 'data:image/png;base64,AAAA', 422, 'IMAGE_UNREADABLE'),
    send('a picture of no bytes', 'data:;base64,', 422, 'IMAGE_UNREADABLE'),
    send('a path to a file', '/etc/passwd', 422, 'UPLOAD_INVALID'),
    send('an address', 'http://127.0.0.1/x.png', 422, 'UPLOAD_INVALID'),
    post('a request without its picture', NEGATIVE, {}, 422, 'INPUT_MISSING'),
  ]
}

const frame = (background: string) =>
  sharp({ create: { width: 64, height: 64, channels: 3, background } })
    .png()
    .toBuffer()

const INFER = '/v2/models/tiny/infer'
const tensor = (more: object = {}) => ({ name: 'latent', shape: [1, 4], datatype: 'FP32', data: four, ...more })
const infer = (what: string, status: number, ...tensors: object[]) => post(what, INFER, { inputs: tensors }, status)

/** Bytes after the JSON; what is said of either may be a lie. */
function binary(what: string, said: { readonly bytes?: number; readonly header?: string }): HostileRequest {
  const head = JSON.stringify({
    inputs: [tensor({ data: undefined, parameters: { binary_data_size: said.bytes ?? 16 } })],
  })
  const headers = { 'inference-header-content-length': said.header ?? String(head.length) }
  const body = new Uint8Array(Buffer.concat([Buffer.from(head), new Uint8Array(16)]))
  return { what, method: 'POST', path: INFER, body, headers, status: 400 }
}

const protocol: HostileRequest[] = [
  infer('another type', 400, tensor({ datatype: 'FP16' })),
  infer('another length', 400, tensor({ data: [1] })),
  infer('a huge shape', 400, tensor({ shape: [2 ** 31, 2 ** 31] })),
  infer('no rows', 422, tensor({ shape: [0, 4], data: [] })),
  infer('too many rows', 422, tensor({ shape: [17, 4], data: new Array(68).fill(0) })),
  infer('rows that differ', 422, tensor(), { name: 'truncation', shape: [2], datatype: 'FP32', data: [1, 1] }),
  infer('what is no number', 400, tensor({ data: ['1', null, 3, 4] })),
  infer('a number beyond float32', 400, tensor({ data: [1e300, 0, 0, 0] })),
  infer('the same input twice', 400, tensor(), tensor()),
  infer('bytes that are not there', 400, tensor({ data: undefined, parameters: { binary_data_size: 16 } })),
  binary('more bytes said than sent', { bytes: 400 }),
  binary('fewer bytes said than sent', { bytes: 12 }),
  binary('a negative number of bytes', { bytes: -16 }),
  binary('JSON that is said to be longer than the body', { header: '100000' }),
  binary('a length that is none', { header: '4, 8' }),
]

/** By what they attack. Models: `tiny` (a latent of 4 and a truncation) and `negative` (a picture of any size). */
export async function hostileRequests(): Promise<Readonly<Record<string, readonly HostileRequest[]>>> {
  return {
    JSON: json,
    'Numbers, counts and seeds': numbers,
    Addresses: addresses,
    Uploads: await uploads(),
    'Open Inference Protocol': protocol,
  }
}
