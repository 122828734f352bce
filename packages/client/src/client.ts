import type { NDArray } from '@gantry/core'
import { ApiError } from './api-error.ts'
import { type ClientOptions, Connection, type RequestOptions } from './connection.ts'
import { inferRequest, inferred } from './inference.ts'
import { arraysOf, samplesOf } from './samples.ts'
import type {
  GeneratedArrays,
  GeneratedSamples,
  GenerateRequest,
  ImageRequest,
  InferOptions,
  Inferred,
  InterpolateRequest,
  ModelMetadata,
  ServedModel,
} from './shapes.ts'

/**
 * Asks a Gantry server. Every method throws {@link ApiError} where the server refuses, and the reason of the signal where it was
 * taken back.
 *
 * @example
 * ```ts
 * const client = new GantryClient({ url: 'http://127.0.0.1:8080' })
 * const { samples, seed } = await client.generate('digits', { count: 4, inputs: { labels: '7' } })
 * ```
 */
export class GantryClient {
  readonly #connection: Connection

  /** @throws ConfigurationError `URL_INVALID` */
  constructor(options: ClientOptions) {
    this.#connection = new Connection(options)
  }

  async models(options?: RequestOptions): Promise<readonly ServedModel[]> {
    const { models } = await this.#connection.get<{ models: ServedModel[] }>(this.#url(['v1', 'models']), options)
    return models
  }

  model(name: string, options?: RequestOptions): Promise<ServedModel> {
    return this.#connection.get(this.#url(['v1', 'models', name]), options)
  }

  /** Whether every model can answer: false, too, where the server cannot be reached. */
  async ready(options: RequestOptions = {}): Promise<boolean> {
    try {
      const { ok, body } = await this.#connection.ask(this.#url(['readyz']), {}, options)
      // What nobody reads would keep its connection.
      await body?.cancel()
      return ok
    } catch (error) {
      if (error instanceof ApiError) return false
      throw error
    }
  }

  /** Makes samples: with the format `json` as numbers, else as what people look at. */
  generate(
    model: string,
    request: GenerateRequest & { readonly format: 'json' },
    options?: RequestOptions,
  ): Promise<GeneratedArrays>
  generate(
    model: string,
    request?: GenerateRequest & { readonly format?: Exclude<GenerateRequest['format'], 'json'> },
    options?: RequestOptions,
  ): Promise<GeneratedSamples>
  async generate(
    model: string,
    request: GenerateRequest = {},
    options?: RequestOptions,
  ): Promise<GeneratedArrays | GeneratedSamples> {
    const read = request.format === 'json' ? arraysOf : samplesOf
    return this.#connection.post<GeneratedArrays | GeneratedSamples>(
      this.#url(['v1', 'models', model, 'generate']),
      request,
      read,
      options,
    )
  }

  /** The address of the picture of a seed, for `<img src>`; a server that wants a key does not answer browsers there. */
  imageUrl(model: string, seed: number, { format = 'png', inputs = {}, version }: ImageRequest = {}): string {
    const given = Object.entries(inputs).map(([name, value]) => [name, String(value)])
    const query = { ...Object.fromEntries(given), ...(version !== undefined && { v: version }) }
    return this.#url(['v1', 'models', model, 'images', `${seed}.${format}`], query)
  }

  /** The picture of a seed. */
  image(model: string, seed: number, request?: ImageRequest, options?: RequestOptions): Promise<Blob> {
    return this.#connection.send(this.imageUrl(model, seed, request), {}, blobOf, options)
  }

  /** The way between seeds: an animated WebP. */
  interpolate(model: string, request: InterpolateRequest, options?: RequestOptions): Promise<Blob> {
    return this.#connection.post(this.#url(['v1', 'models', model, 'interpolate']), request, blobOf, options)
  }

  /** The tensors of a model, in the words of the Open Inference Protocol. */
  metadata(model: string, options?: RequestOptions): Promise<ModelMetadata> {
    return this.#connection.get(this.#url(['v2', 'models', model]), options)
  }

  /**
   * Tensors to tensors, by the Open Inference Protocol; as bytes, both ways.
   *
   * @param inputs [count, ...shape] by name; those that are left out are drawn
   */
  infer(
    model: string,
    inputs: Readonly<Record<string, NDArray>>,
    { signal, ...wanted }: InferOptions & RequestOptions = {},
  ): Promise<Inferred> {
    const url = this.#url(['v2', 'models', model, 'infer'])
    return this.#connection.send(url, inferRequest(inputs, wanted), inferred, { ...(signal && { signal }) })
  }

  #url(parts: readonly string[], query?: Readonly<Record<string, string>>): string {
    return this.#connection.url(parts, query)
  }
}

const blobOf = (answer: Response) => answer.blob()
