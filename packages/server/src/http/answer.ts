import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context, MiddlewareHandler } from 'hono'
import { outgoingOf } from './departure.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** What middlewares do with the headers of an answer. */
class AnswerHeaders {
  readonly #values: Map<string, string>

  constructor(values: Readonly<Record<string, string>>) {
    this.#values = new Map(Object.entries(values))
  }

  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase())
  }

  set(name: string, value: string): void {
    this.#values.set(name.toLowerCase(), value)
  }

  entries(): IterableIterator<[string, string]> {
    return this.#values.entries()
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.#values.entries()
  }
}

/** Stands for a Response on its way through the middlewares, until {@link sendAnswers} makes one of it, or sends it. */
class Answer {
  readonly body = null
  readonly statusText = ''
  readonly status: number
  readonly headers: AnswerHeaders

  constructor(status: number, headers: Readonly<Record<string, string>>) {
    this.status = status
    this.headers = new AnswerHeaders(headers)
  }
}

const BODY = 'body'

/**
 * An answer whose bytes are all there: what requests by the thousand get. A Web-standard Response with its streams costs more than
 * Node's whole HTTP; where Node's server asks, none is made.
 *
 * @param headers with names in lower case
 */
export function answer(context: Context, body: Bytes, headers: Readonly<Record<string, string>>): Response {
  context.set(BODY, body)
  return new Answer(200, headers) as unknown as Response
}

/** Stands before all others: sends what {@link answer} made, or makes a Response of it. */
export const sendAnswers: MiddlewareHandler = async (context, next) => {
  await next()
  const body = context.get(BODY) as Bytes | undefined
  // Of a request that failed after it had an answer, the error is told.
  if (body === undefined || context.error !== undefined) return
  const { status, headers } = context.res
  const outgoing = outgoingOf(context)
  if (outgoing === undefined) {
    const made = new Response(context.req.method === 'HEAD' ? null : body, { status, headers: [...headers] })
    context.res = undefined
    context.res = made
    return
  }
  const fields: string[] = ['content-length', String(body.byteLength)]
  for (const [name, value] of headers) fields.push(name, value)
  outgoing.writeHead(status, fields)
  outgoing.end(body)
  context.res = undefined
  context.res = RESPONSE_ALREADY_SENT
}
