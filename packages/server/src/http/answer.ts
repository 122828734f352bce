import type { ServerResponse } from 'node:http'
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

/**
 * An answer whose bytes are all there: what requests by the thousand get. A Web-standard Response with its streams costs more than
 * Node's whole HTTP; where Node's server asks, none is made.
 */
export interface Answer {
  readonly status: number
  readonly headers: AnswerHeaders
  readonly body: Bytes
}

/** @param headers with names in lower case */
export function answer(body: Bytes, headers: Readonly<Record<string, string>>, status = 200): Answer {
  return { status, headers: new AnswerHeaders(headers), body }
}

/** What is sent in the end. */
interface Sendable {
  readonly status: number
  readonly headers: Iterable<readonly [name: string, value: string]>
  readonly body: Bytes
}

/** Sends an answer by Node's server; to nobody where the client has gone. */
export function sendByNode(outgoing: ServerResponse, { status, headers, body }: Sendable): void {
  if (outgoing.destroyed) return
  const fields: string[] = ['content-length', String(body.byteLength)]
  for (const [name, value] of headers) fields.push(name, value)
  outgoing.writeHead(status, fields)
  outgoing.end(body)
}

const ANSWER = 'answer'

/** Stands for a Response on its way through the middlewares, until {@link sendAnswers} makes one of the answer, or sends it. */
export function asResponse(context: Context, made: Answer): Response {
  context.set(ANSWER, made)
  return { status: made.status, headers: made.headers, body: null, statusText: '' } as unknown as Response
}

/** Stands before all others: sends what {@link asResponse} was given, or makes a Response of it. */
export const sendAnswers: MiddlewareHandler = async (context, next) => {
  await next()
  const made = context.get(ANSWER) as Answer | undefined
  // Of a request that failed after it had an answer, the error is told.
  if (made === undefined || context.error !== undefined) return
  // Hono may have made a Response of what stood for it: then that has the headers.
  const { status, headers } = context.res
  const outgoing = outgoingOf(context)
  if (outgoing === undefined) {
    const response = new Response(context.req.method === 'HEAD' ? null : made.body, { status, headers: [...headers] })
    context.res = undefined
    context.res = response
    return
  }
  sendByNode(outgoing, { status, headers, body: made.body })
  context.res = undefined
  context.res = RESPONSE_ALREADY_SENT
}
