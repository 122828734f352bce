import type { ServerResponse } from 'node:http'
import type { Context } from 'hono'

/** Tells when a client goes away: what is needed of an AbortSignal. */
export interface Departure {
  readonly aborted: boolean
  readonly reason?: unknown
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** Node's side of a request, where its server asks. */
export function outgoingOf({ env }: Context): ServerResponse | undefined {
  return (env as { readonly outgoing?: ServerResponse } | undefined)?.outgoing
}

/** The client's departure. Where Node's server asks, no AbortSignal is made for it: thousands a second are a burden. */
export function departureOf(context: Context): Departure {
  const outgoing = outgoingOf(context)
  return outgoing === undefined ? context.req.raw.signal : departureFrom(outgoing)
}

/** That of the client whom Node answers so. */
export function departureFrom(outgoing: ServerResponse): Departure {
  return new ClosedConnection(outgoing)
}

/** One for all: hundreds may go at once, and each new error asks where it was made. */
const WENT_AWAY = new DOMException('The client went away.', 'AbortError')

class ClosedConnection implements Departure {
  readonly #outgoing: ServerResponse
  #listeners: (() => void)[] | undefined

  constructor(outgoing: ServerResponse) {
    this.#outgoing = outgoing
  }

  get aborted(): boolean {
    return this.#outgoing.destroyed
  }

  get reason(): Error {
    return WENT_AWAY
  }

  addEventListener(_: 'abort', listener: () => void): void {
    // One for all parts of a request: Node warns of emitters with many.
    if (this.#listeners === undefined) {
      this.#listeners = []
      this.#outgoing.on('close', () => {
        for (const each of this.#listeners!.slice()) each()
      })
    }
    this.#listeners.push(listener)
  }

  removeEventListener(_: 'abort', listener: () => void): void {
    const place = this.#listeners?.indexOf(listener) ?? -1
    if (place !== -1) this.#listeners!.splice(place, 1)
  }
}
