import { GantryError, type GantryErrorOptions } from '@gantry/core'

export interface RequestErrorOptions extends GantryErrorOptions {
  /** Of HTTP. */
  readonly status: 400 | 401 | 403 | 404 | 408 | 413 | 415 | 422 | 429 | 503 | 504
  /** Seconds after which it may go better. */
  readonly retryAfter?: number
}

/** What a client is told: every word of it may leave the machine. */
export class RequestError extends GantryError {
  readonly exitCode = 1
  readonly status: RequestErrorOptions['status']
  readonly retryAfter: number | undefined

  constructor({ status, retryAfter, ...options }: RequestErrorOptions) {
    super(options)
    this.status = status
    this.retryAfter = retryAfter
  }
}

/**
 * Says what is wrong with a request in the words of whoever found out. Their fixes speak of files and commands, and stay here.
 *
 * @param work that looks at nothing but the request: its errors name no path of this machine
 * @throws RequestError 422 with the code of the error
 */
export function blamingTheRequest<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (cause) {
    return blame(cause)
  }
}

/** {@link blamingTheRequest} of what takes its time. */
export async function blamingTheRequestLater<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (cause) {
    return blame(cause)
  }
}

function blame(cause: unknown): never {
  if (cause instanceof RequestError || !GantryError.isInstance(cause)) throw cause
  throw new RequestError({ status: 422, code: cause.code, message: cause.problem, cause })
}
