import { GantryError } from '@gantry/core'
import { z } from '@hono/zod-openapi'
import type { Context, ErrorHandler, NotFoundHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { type Answer, answer } from './answer.ts'
import { RequestError } from './request-error.ts'

/** What every answer that is no success looks like. */
export const errorSchema = z
  .object({ error: z.object({ code: z.string(), message: z.string(), fix: z.string().optional() }) })
  .openapi('Error')

/** More of what a client wrote is not said back. */
const LONGEST = 300

const NOTHING_MORE = {
  status: 500,
  code: 'INTERNAL',
  message: 'Something went wrong here. The log of the server says what.',
} as const

/** An error as a client may see it: what is not meant for clients, such as paths and stacks, stays here. */
function described(error: unknown): {
  status: number
  code: string
  message: string
  fix?: string
  retryAfter?: number
} {
  if (error instanceof RequestError) {
    const { status, code, problem, fix, retryAfter } = error
    return { status, code, message: problem, ...(fix && { fix }), ...(retryAfter && { retryAfter }) }
  }
  if (error instanceof HTTPException)
    return { status: error.status, code: 'REQUEST_INVALID', message: 'The request cannot be read.' }
  if (isNamed(error, 'TimeoutError')) return { status: 504, code: 'TIMED_OUT', message: 'The request took too long.' }
  if (isNamed(error, 'AbortError')) return { status: 408, code: 'ABORTED', message: 'The request was taken back.' }
  if (!GantryError.isInstance(error)) return NOTHING_MORE
  // Its own words tell how much memory there is.
  if (error.code === 'IMAGE_TOO_LARGE')
    return {
      status: 413,
      code: error.code,
      message: 'The image is too large for this server.',
      fix: 'Send a smaller one.',
    }
  if (error.code === 'WORKER_LOST')
    return { status: 503, code: error.code, message: 'The worker of the model died twice.', retryAfter: 5 }
  return NOTHING_MORE
}

/** @param path of the request: it says in whose words */
export function refusalOf(error: unknown, path: string): Answer {
  const { status, retryAfter, code, message, fix } = described(error)
  const told = { code, message: shortened(message), ...(fix && { fix: shortened(fix) }) }
  // The Open Inference Protocol has a sentence there.
  const body = path.startsWith('/v2/') ? { error: told.message } : { error: told }
  return answer(
    Buffer.from(JSON.stringify(body)),
    {
      'content-type': 'application/json',
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
      ...(status === 401 && { 'www-authenticate': 'Bearer' }),
    },
    status,
  )
}

/** @param log told of what is this server's own fault */
export function answerErrors(log: (error: unknown, context: Context) => void): ErrorHandler {
  return (error, context) => {
    const { status, headers, body } = refusalOf(error, context.req.path)
    if (status >= 500) log(error, context)
    return new Response(body, { status, headers: [...headers] })
  }
}

export const answerNotFound: NotFoundHandler = ({ json, req }) => {
  const message = 'There is nothing here.'
  const error = req.path.startsWith('/v2/')
    ? message
    : { code: 'NOT_FOUND', message, fix: '/openapi.json lists what there is.' }
  return json({ error }, 404)
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name
}
