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
  return outgoing === undefined ? context.req.raw.signal : new ClosedConnection(outgoing)
}

class ClosedConnection implements Departure {
  readonly #outgoing: ServerResponse
  #listeners: Set<() => void> | undefined

  constructor(outgoing: ServerResponse) {
    this.#outgoing = outgoing
  }

  get aborted(): boolean {
    return this.#outgoing.destroyed
  }

  get reason(): Error {
    return new DOMException('The client went away.', 'AbortError')
  }

  addEventListener(_: 'abort', listener: () => void): void {
    // One for all parts of a request: Node warns of emitters with many.
    if (this.#listeners === undefined) {
      this.#listeners = new Set()
      this.#outgoing.once('close', () => {
        for (const each of [...this.#listeners!]) each()
      })
    }
    this.#listeners.add(listener)
  }

  removeEventListener(_: 'abort', listener: () => void): void {
    this.#listeners?.delete(listener)
  }
}
