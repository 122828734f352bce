import { ConfigurationError } from '@gantry/core'
import { ApiError, errorOf } from './api-error.ts'
import { wait } from './wait.ts'

export interface ClientOptions {
  /** Of the server; what stands in its path stays before every address: `https://example.org/gantry`. */
  readonly url: string
  readonly apiKey?: string
  /** How often a request is sent again that the server had no room for (429, 503); default: 3. */
  readonly retries?: number
  /** Seconds that are waited before one is sent again; where the server asks for more, it fails at once. Default: 30. */
  readonly longestWait?: number
  /** Default: that of the runtime. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>
}

/** Of every request. */
export interface RequestOptions {
  /** Takes the request back: its place at the server becomes free. Its reason is what is thrown. */
  readonly signal?: AbortSignal
}

/** Answers that say that there is no room just now. Nothing was made, and the same may be asked again. */
const NO_ROOM = [429, 503]

/** Seconds, doubled each time, where the server says nothing. */
const USUAL_WAIT = 0.5

/** Up to that part longer, so that those who were sent away together do not come back together. */
const SPREAD = 0.25

/** How a server is reached: its address, the key, and patience. */
export class Connection {
  readonly #base: string
  readonly #apiKey: string | undefined
  readonly #retries: number
  readonly #longestWait: number
  readonly #fetch: NonNullable<ClientOptions['fetch']>

  /** @throws ConfigurationError `URL_INVALID` */
  constructor({ url, apiKey, retries = 3, longestWait = 30, fetch = globalThis.fetch }: ClientOptions) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new ConfigurationError({
        code: 'URL_INVALID',
        message: `'${url}' is no address of a server.`,
        fix: 'Write it with its protocol: http://127.0.0.1:8080.',
      })
    }
    this.#base = url.replace(/\/+$/, '')
    this.#apiKey = apiKey
    this.#retries = retries
    this.#longestWait = longestWait
    // Browsers refuse a fetch whose `this` is another object.
    this.#fetch = (...given) => fetch(...given)
  }

  /** @param parts of the path, which may have any characters */
  url(parts: readonly string[], query: Readonly<Record<string, string>> = {}): string {
    const search = new URLSearchParams(query).toString()
    return `${this.#base}/${parts.map(encodeURIComponent).join('/')}${search && `?${search}`}`
  }

  /**
   * @param read takes what is wanted out of an answer that is a success
   * @throws ApiError; the reason of the signal
   */
  async send<Value>(
    url: string,
    init: RequestInit,
    read: (answer: Response) => Promise<Value>,
    { signal }: RequestOptions = {},
  ): Promise<Value> {
    const answer = await this.#patiently(url, init, signal)
    try {
      return await read(answer)
    } catch (cause) {
      signal?.throwIfAborted()
      if (cause instanceof ApiError) throw cause
      const message = `What ${this.#base} answers cannot be read: ${(cause as Error).message}.`
      throw new ApiError({ status: answer.status, code: 'ANSWER_INVALID', message, cause })
    }
  }

  get<Value>(url: string, options?: RequestOptions): Promise<Value> {
    return this.send(url, {}, (answer) => answer.json() as Promise<Value>, options)
  }

  post<Value>(
    url: string,
    body: unknown,
    read: (answer: Response) => Promise<Value>,
    options?: RequestOptions,
  ): Promise<Value> {
    const headers = { 'content-type': 'application/json' }
    return this.send(url, { method: 'POST', headers, body: JSON.stringify(body) }, read, options)
  }

  /**
   * Any answer, of one request.
   *
   * @throws ApiError `SERVER_UNREACHABLE`; the reason of the signal
   */
  async ask(url: string, init: RequestInit, { signal }: RequestOptions = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    if (this.#apiKey !== undefined) headers.set('authorization', `Bearer ${this.#apiKey}`)
    try {
      return await this.#fetch(url, { ...init, headers, ...(signal && { signal }) })
    } catch (cause) {
      signal?.throwIfAborted()
      throw new ApiError({
        code: 'SERVER_UNREACHABLE',
        message: `${this.#base} cannot be reached: ${(cause as Error).message}.`,
        fix: 'Look whether the server runs there, and in a browser whether it allows this origin.',
        cause,
      })
    }
  }

  /** An answer that is a success; where there is no room, the request is sent again. */
  async #patiently(url: string, init: RequestInit, signal: AbortSignal | undefined): Promise<Response> {
    for (let failures = 0; ; failures++) {
      const answer = await this.ask(url, init, { ...(signal && { signal }) })
      if (answer.ok) return answer
      const error = await errorOf(answer)
      const seconds = error.retryAfter ?? USUAL_WAIT * 2 ** failures
      const isWorthIt = NO_ROOM.includes(answer.status) && failures < this.#retries && seconds <= this.#longestWait
      if (!isWorthIt) throw error
      await wait(1000 * seconds * (1 + SPREAD * Math.random()), signal)
    }
  }
}
