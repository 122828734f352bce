import { GantryError, type GantryErrorOptions } from '@gantry/core'

interface ApiErrorOptions extends GantryErrorOptions {
  readonly status?: number
  readonly retryAfter?: number
  readonly requestId?: string
}

/**
 * A request that the server refused, or that did not reach it. `code`, `problem` and `fix` are the server's own words; of the client itself
 * are `SERVER_UNREACHABLE`, and `ANSWER_INVALID` for an answer that no Gantry gives, such as a proxy's.
 *
 * @example
 * ```ts
 * try {
 *   await client.generate('digits', { inputs: { labels: 'eleven' } })
 * } catch (error) {
 *   if (error instanceof ApiError && error.status === 422) console.log(error.code, error.fix)
 *   else throw error
 * }
 * ```
 */
export class ApiError extends GantryError {
  readonly exitCode = 1
  /** Of HTTP; absent where there was no answer. */
  readonly status: number | undefined
  /** Seconds after which it may go better. */
  readonly retryAfter: number | undefined
  /** By which the server's log names the request. */
  readonly requestId: string | undefined

  constructor({ status, retryAfter, requestId, ...options }: ApiErrorOptions) {
    super(options)
    this.status = status
    this.retryAfter = retryAfter
    this.requestId = requestId
  }
}

/** What an answer that is no success says. */
export async function errorOf(answer: Response): Promise<ApiError> {
  const { status, headers } = answer
  const retryAfter = secondsOf(headers.get('retry-after'))
  const requestId = headers.get('x-request-id') ?? undefined
  const about = { status, ...(retryAfter !== undefined && { retryAfter }), ...(requestId && { requestId }) }
  const { error } = ((await answer.json().catch(() => undefined)) ?? {}) as { readonly error?: unknown }
  // The Open Inference Protocol has a sentence there.
  if (typeof error === 'string') return new ApiError({ ...about, code: 'INFERENCE_REFUSED', message: error })
  const { code, message, fix } = (error ?? {}) as Readonly<Record<string, unknown>>
  if (typeof code === 'string' && typeof message === 'string') {
    return new ApiError({ ...about, code, message, ...(typeof fix === 'string' && { fix }) })
  }
  return new ApiError({
    ...about,
    code: 'ANSWER_INVALID',
    message: `Something between here and Gantry answered ${status}.`,
  })
}

/** Retry-After is a number of seconds, or a date. */
function secondsOf(text: string | null): number | undefined {
  if (text === null) return undefined
  const seconds = /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined
}
