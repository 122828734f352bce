import type { Departure } from '../http/departure.ts'
import { RequestError } from '../http/request-error.ts'

/** When to ask again a model that cannot be started. */
const LOST_SECONDS = 5

/** Servers abort with a sentence, too. */
export function reasonOf({ reason }: Departure): Error {
  return reason instanceof Error ? reason : new DOMException(String(reason), 'AbortError')
}

export function timedOut(): RequestError {
  return new RequestError({ status: 504, code: 'TIMED_OUT', message: 'The request took too long.' })
}

export function modelLost(): RequestError {
  return new RequestError({
    status: 503,
    code: 'MODEL_LOST',
    message: 'The model stopped, and cannot be started again so far.',
    fix: `It is tried on and on. Ask again in ${LOST_SECONDS} s.`,
    retryAfter: LOST_SECONDS,
  })
}
