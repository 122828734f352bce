import { type DrawFeed, type NDArray, ShapeError } from '@gantry/core'
import type { NoiseRequest, NoiseSource } from '@gantry/tfjs'
import { toTensor } from './arrays.ts'

type Feeds = Readonly<Record<string, NDArray>>

/** The noise that one call of a program draws by name: feeds that the model does not declare, or drawn when asked for. */
export class NamedNoise {
  readonly #owner: string
  readonly #feeds: Feeds
  readonly #draw: DrawFeed | undefined
  readonly #used = new Set<string>()

  constructor(owner: string, declared: Readonly<Record<string, unknown>>, feeds: Feeds, draw?: DrawFeed) {
    this.#owner = owner
    this.#feeds = Object.fromEntries(Object.entries(feeds).filter(([name]) => !Object.hasOwn(declared, name)))
    this.#draw = draw
  }

  /** @throws ShapeError `FEED_MISSING` or `FEED_MISMATCH`. */
  readonly source: NoiseSource = ({ name, shape, distribution }) => {
    const spec = { dtype: 'float32', shape, source: { from: 'random', distribution } } as const
    const noise = this.#feeds[name] ?? this.#draw?.(name, spec) ?? this.#missing({ name, shape, distribution })
    if (noise.dtype !== 'float32' || String(noise.shape) !== String(shape)) {
      throw new ShapeError({
        code: 'FEED_MISMATCH',
        message: `${this.#owner}: the noise '${name}' is float32[${shape}] but got ${noise.dtype}[${noise.shape}].`,
      })
    }
    this.#used.add(name)
    return toTensor(name, noise)
  }

  /** @throws ShapeError `FEED_UNKNOWN` for feeds that are neither declared nor drawn. */
  refuseUnused(): void {
    const unused = Object.keys(this.#feeds).find((name) => !this.#used.has(name))
    if (unused === undefined) return
    throw new ShapeError({
      code: 'FEED_UNKNOWN',
      message: `${this.#owner} has no input '${unused}', and draws no noise of that name.`,
      fix: `Noise that it draws: ${[...this.#used].join(', ') || 'none'}.`,
    })
  }

  #missing({ name, shape, distribution }: NoiseRequest): never {
    throw new ShapeError({
      code: 'FEED_MISSING',
      message: `${this.#owner} draws ${distribution} noise '${name}' (float32[${shape}]), but was given none.`,
      fix: `Pass it as the input '${name}', or pass a function that draws it.`,
    })
  }
}
