import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Context } from 'hono'
import { type Departure, departureFrom, departureOf } from './departure.ts'

/** A request as those see it who answer it, whoever brings it: Hono, or Node's own server without a detour. */
export interface Exchange {
  /** As the Web's `Headers` have it: several of one name are one, with commas. */
  header(name: string): string | undefined
  /** The client's. */
  readonly departure: Departure
  /** The body in one piece; for those that are short, and tell so. */
  bytes(): Promise<Uint8Array<ArrayBuffer>>
  /** The body as it arrives, or nothing where there is none. */
  pieces(): AsyncIterable<Uint8Array> | null
}

export function exchangeOf(context: Context): Exchange {
  const { req } = context
  return {
    header: (name) => req.header(name),
    get departure() {
      return departureOf(context)
    },
    bytes: async () => new Uint8Array(await req.raw.arrayBuffer()),
    pieces: () => req.raw.body,
  }
}

/** What Node's server brings, without any of the Web's objects. */
export class NodeExchange implements Exchange {
  readonly #incoming: IncomingMessage
  readonly #outgoing: ServerResponse

  constructor(incoming: IncomingMessage, outgoing: ServerResponse) {
    this.#incoming = incoming
    this.#outgoing = outgoing
  }

  header(name: string): string | undefined {
    return rawHeader(this.#incoming, name)
  }

  get departure(): Departure {
    return departureFrom(this.#outgoing)
  }

  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    const incoming = this.#incoming
    return new Promise((resolve, reject) => {
      const parts: Uint8Array<ArrayBuffer>[] = []
      incoming.on('data', (part: Buffer<ArrayBuffer>) => parts.push(part))
      incoming.on('end', () => resolve(parts.length === 1 ? parts[0]! : Buffer.concat(parts)))
      // Also where the client goes away.
      incoming.on('error', reject)
    })
  }

  pieces(): AsyncIterable<Uint8Array> {
    return this.#incoming
  }
}

/** A header of Node's list, in which names and values take turns. Node's own `headers` keep only the first of some that come twice. */
export function rawHeader({ rawHeaders }: IncomingMessage, name: string): string | undefined {
  let found: string | undefined
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const each = rawHeaders[at]!
    if (each.length !== name.length || each.toLowerCase() !== name) continue
    found = found === undefined ? rawHeaders[at + 1]! : `${found}, ${rawHeaders[at + 1]}`
  }
  return found
}
