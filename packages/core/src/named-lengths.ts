import { ShapeError } from './errors.ts'
import { batchedSpecs, type Ports } from './field.ts'
import type { NDArray } from './ndarray.ts'
import { checkFeeds, type Dimension, describeSpec } from './tensor-spec.ts'

/** What named lengths are: `{ height: 256, width: 192 }`. */
export type NamedLengths = Readonly<Record<string, number>>

/** Multiples that the ports of a function ask for, of all of them. */
export function multiplesOf(ports: Ports): NamedLengths {
  return Object.assign({}, ...Object.values(ports).map(({ multiples }) => multiples ?? {}))
}

/**
 * The named lengths of a function's ports in arrays that are given for them, each up to the next multiple that the ports ask for:
 * who gives less fills it up.
 *
 * @param arrays [batch, ...shape] by port
 */
export function namedLengths(ports: Ports, arrays: Readonly<Record<string, NDArray>>): Record<string, number> {
  const multiples = multiplesOf(ports)
  const lengths: Record<string, number> = {}
  for (const [name, { shape }] of Object.entries(ports)) {
    for (const [axis, dimension] of shape.entries()) {
      const length = arrays[name]?.shape[axis + 1]
      if (length === undefined || typeof dimension === 'number' || lengths[dimension] !== undefined) continue
      const multiple = multiples[dimension] ?? 1
      lengths[dimension] = Math.ceil(length / multiple) * multiple
    }
  }
  return lengths
}

/**
 * Checks the inputs of a function against its ports.
 *
 * @throws ShapeError of {@link checkFeeds}, and `FEED_NOT_MULTIPLE` for a length that must be a multiple of a number and is none
 */
export function checkInputs(owner: string, ports: Ports, inputs: Readonly<Record<string, NDArray>>): void {
  const specs = batchedSpecs(ports)
  checkFeeds(owner, specs, inputs)
  const multiples = multiplesOf(ports)
  for (const [name, { shape }] of Object.entries(ports)) {
    for (const [axis, dimension] of shape.entries()) {
      const multiple = multiples[dimension] ?? 1
      const length = inputs[name]!.shape[axis + 1]!
      if (length % multiple === 0) continue
      throw new ShapeError({
        code: 'FEED_NOT_MULTIPLE',
        message: `${owner}: the ${dimension} of the input '${name}' must be a multiple of ${multiple}, but it got ${describeSpec(inputs[name]!)}.`,
        fix: `Bring it to ${Math.ceil(length / multiple) * multiple}, or fill it up to that and cut the result.`,
      })
    }
  }
}

/** How the length of one axis follows from a named one: a multiple of it, divided. */
interface Scaled {
  readonly name: string
  readonly factor: number
  readonly divisor: number
}

/** A dimension that is a multiple of a named length, or a part of one: `height`, `4*height`, `height/64`. */
export function scaledDimension({ name, factor, divisor }: Scaled): string {
  return `${factor === 1 ? '' : `${factor}*`}${name}${divisor === 1 ? '' : `/${divisor}`}`
}

/** The length of an axis, or undefined where nothing tells it. */
export function lengthOf(dimension: Dimension, lengths: NamedLengths): number | undefined {
  if (typeof dimension === 'number') return dimension
  const { name, factor, divisor } = readDimension(dimension)
  const length = Object.hasOwn(lengths, dimension) ? lengths[dimension] : undefined
  if (length !== undefined) return length
  const scaled = Object.hasOwn(lengths, name) ? (lengths[name]! * factor) / divisor : undefined
  return Number.isInteger(scaled) ? scaled : undefined
}

function readDimension(dimension: string): Scaled {
  const [, factor = '1', name = dimension, divisor = '1'] = /^(?:(\d+)\*)?([^*/]+)(?:\/(\d+))?$/.exec(dimension) ?? []
  return { name, factor: Number(factor), divisor: Number(divisor) }
}
