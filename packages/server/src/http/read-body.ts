import type { Context } from 'hono'
import { RequestError } from './request-error.ts'

/** Bodies up to this are taken as they come, in one piece; longer ones piece by piece, so that none grows beyond its limit. */
const SHORT = 2 ** 16

/**
 * The body of a request, read no further than it may be long.
 *
 * @throws RequestError `BODY_TOO_LARGE`
 */
export async function readBody({ req }: Context, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const told = req.header('content-length')
  if (told !== undefined && Number(told) > most) throw tooLarge(most)
  if (Number(told) <= SHORT) return shortBody(req.raw, most)
  const { body } = req.raw
  if (body === null) return new Uint8Array()
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of body) {
    length += part.byteLength
    if (length > most) throw tooLarge(most)
    parts.push(part)
  }
  return new Uint8Array(Buffer.concat(parts))
}

/** Without a stream, which costs as much as all the rest of a small request. HTTP ends a body at the length that it told. */
async function shortBody(request: Request, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(await request.arrayBuffer())
  if (bytes.byteLength > most) throw tooLarge(most)
  return bytes
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * JSON of UTF-8 bytes. A `__proto__` is nothing that anybody means, and libraries take it out in silence.
 *
 * @throws RequestError `JSON_INVALID`
 */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    const text = utf8.decode(bytes)
    if (text.includes('"__proto__"')) throw new SyntaxError('There is a __proto__.')
    return JSON.parse(text)
  } catch (cause) {
    throw new RequestError({ status: 400, code: 'JSON_INVALID', message: 'The body is no JSON.', cause })
  }
}

function tooLarge(most: number): RequestError {
  return new RequestError({
    status: 413,
    code: 'BODY_TOO_LARGE',
    message: `The body has more than ${most} bytes.`,
    fix: 'Send a smaller one.',
  })
}
