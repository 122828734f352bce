import { ShapeError } from './errors.ts'
import type { DType, NDArray } from './ndarray.ts'

/** Length of an axis: a number, or the name of a length that is known only when the tensor is there (`'batch'`). */
export type Dimension = number | string

/** What a tensor must look like. */
export interface TensorSpec {
  readonly dtype: DType
  readonly shape: readonly Dimension[]
}

/** A tensor spec with the name under which it is fed or fetched. */
export interface NamedTensorSpec extends TensorSpec {
  readonly name: string
}

/** `float32[batch,28,28,1]` */
export function describeSpec(spec: TensorSpec): string {
  return `${spec.dtype}[${spec.shape.join(',')}]`
}

/**
 * Checks feeds against specs; symbolic dimensions of one name must agree across all feeds.
 *
 * @throws ShapeError `FEED_MISSING`, `FEED_UNKNOWN`, `FEED_MISMATCH` or `FEED_DIMENSION_MISMATCH`, naming both sides.
 */
export function checkFeeds(
  owner: string,
  specs: Readonly<Record<string, TensorSpec>>,
  feeds: Readonly<Record<string, NDArray>>,
): void {
  const symbols = new Map<string, { readonly length: number; readonly feed: string }>()
  for (const name of Object.keys(feeds)) {
    if (!Object.hasOwn(specs, name)) {
      throw new ShapeError({
        code: 'FEED_UNKNOWN',
        message: `${owner} has no input '${name}'.`,
        fix: `Its inputs are: ${Object.keys(specs).join(', ') || 'none'}.`,
      })
    }
  }
  for (const [name, spec] of Object.entries(specs)) {
    // A name that every object has is not a feed.
    const feed = Object.hasOwn(feeds, name) ? feeds[name] : undefined
    if (feed === undefined) {
      throw new ShapeError({
        code: 'FEED_MISSING',
        message: `${owner} needs the input '${name}' (${describeSpec(spec)}) but got only: ${Object.keys(feeds).join(', ') || 'nothing'}.`,
      })
    }
    const fits =
      feed.dtype === spec.dtype &&
      feed.shape.length === spec.shape.length &&
      spec.shape.every((dimension, axis) => typeof dimension === 'string' || dimension === feed.shape[axis])
    if (!fits) {
      throw new ShapeError({
        code: 'FEED_MISMATCH',
        message: `${owner}: input '${name}' expects ${describeSpec(spec)} but got ${describeSpec(feed)}.`,
      })
    }
    for (const [axis, dimension] of spec.shape.entries()) {
      if (typeof dimension === 'number') continue
      const length = feed.shape[axis]!
      const known = symbols.get(dimension)
      if (known === undefined) symbols.set(dimension, { length, feed: name })
      else if (known.length !== length) {
        throw new ShapeError({
          code: 'FEED_DIMENSION_MISMATCH',
          message: `${owner}: '${dimension}' is ${known.length} in the input '${known.feed}' but ${length} in '${name}'.`,
        })
      }
    }
  }
}
