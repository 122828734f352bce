import type { Budget } from './budget.ts'
import type { Exchange } from './exchange.ts'
import { RequestError } from './request-error.ts'

/** What bodies may take. */
export interface BodyLimits {
  /** Bytes of one. */
  readonly most: number
  /** Bytes of all that are being received or read. */
  readonly together: Budget
}

/** Bodies up to this always find room: uploads of others keep no small request out. */
export const SMALL = 2 ** 16

/** Keys of an object: schemas want a few, and look at all before they say what is wrong. */
const MOST_KEYS = 256

/** Of a body. Every key has one, and an object of a million keys takes seconds to be made, and more to be looked at. */
const MOST_COLONS = 8192

/** How deep schemas look into a body. */
const LEVELS = 3

/**
 * Does something with the body of a request, which is read no further than it may be long, and counted until it has been used.
 *
 * @throws RequestError `BODY_TOO_LARGE`, `BODY_ENCODED`, `BODY_INCOMPLETE`, `OVERLOADED`; what `use` throws
 */
export async function withBody<Result>(
  exchange: Exchange,
  { most, together }: BodyLimits,
  use: (body: Uint8Array<ArrayBuffer>) => Promise<Result>,
): Promise<Result> {
  const told = exchange.header('content-length')
  if (told !== undefined && Number(told) > most) throw tooLarge(most)
  if ((exchange.header('content-encoding') ?? 'identity') !== 'identity') throw encoded()
  if (Number(told) <= SMALL) {
    // Without a stream, which costs as much as all the rest of a small request. HTTP ends a body at the length that it told.
    const bytes = await exchange.bytes().catch(incomplete)
    if (bytes.byteLength > most) throw tooLarge(most)
    return use(bytes)
  }
  const body = exchange.pieces()
  if (body === null) return use(new Uint8Array())
  const parts: Uint8Array[] = []
  let [length, taken] = [0, 0]
  try {
    for await (const part of arriving(body)) {
      length += part.byteLength
      if (length > most) throw tooLarge(most)
      if (length > SMALL) {
        together.take(length - taken)
        taken = length
      }
      parts.push(part)
    }
    return await use(new Uint8Array(Buffer.concat(parts)))
  } finally {
    together.giveBack(taken)
  }
}

/** A body that ends too early is its client's fault. */
async function* arriving(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body
  } catch (cause) {
    incomplete(cause)
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * JSON of UTF-8 bytes. A `__proto__` is nothing that anybody means, and libraries take it out in silence.
 *
 * @throws RequestError `JSON_INVALID`, `JSON_TOO_WIDE`
 */
export function parseJson(bytes: Uint8Array): unknown {
  if (bytes.byteLength > MOST_COLONS && hasMore(bytes, ':', MOST_COLONS))
    throw tooWide(`The body has more than ${MOST_COLONS} colons`)
  let value: unknown
  try {
    value = JSON.parse(utf8.decode(bytes))
  } catch (cause) {
    throw notJson(cause)
  }
  checkKeys(value, LEVELS)
  return value
}

function hasMore({ buffer, byteOffset, byteLength }: Uint8Array, character: string, most: number): boolean {
  const text = Buffer.from(buffer, byteOffset, byteLength)
  let count = 0
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1))
    if (++count > most) return true
  return false
}

/** As deep as schemas look, and no further than they look at lists. */
function checkKeys(value: unknown, levels: number): void {
  if (typeof value !== 'object' || value === null || levels === 0) return
  const parts = Array.isArray(value) ? value.slice(0, MOST_KEYS) : Object.values(value)
  if (!Array.isArray(value)) {
    if (Object.hasOwn(value, '__proto__')) throw notJson()
    if (parts.length > MOST_KEYS) throw tooWide(`An object of the body has more than ${MOST_KEYS} keys`)
  }
  for (const part of parts) checkKeys(part, levels - 1)
}

function notJson(cause?: unknown): RequestError {
  return new RequestError({ status: 400, code: 'JSON_INVALID', message: 'The body is no JSON.', cause })
}

function tooWide(what: string): RequestError {
  return new RequestError({
    status: 422,
    code: 'JSON_TOO_WIDE',
    message: `${what}: no request needs as many.`,
    fix: '/openapi.json says what there is.',
  })
}

function incomplete(cause: unknown): never {
  throw new RequestError({
    status: 400,
    code: 'BODY_INCOMPLETE',
    message: 'The body cannot be read to its end.',
    cause,
  })
}

function tooLarge(most: number): RequestError {
  return new RequestError({
    status: 413,
    code: 'BODY_TOO_LARGE',
    message: `The body has more than ${most} bytes.`,
    fix: 'Send a smaller one.',
  })
}

function encoded(): RequestError {
  return new RequestError({
    status: 415,
    code: 'BODY_ENCODED',
    message: 'Bodies are read as they are, and not unpacked.',
    fix: 'Send it without content-encoding.',
  })
}
