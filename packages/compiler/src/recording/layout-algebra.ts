import { invertPermutation, sizeOfShape } from '@gantry/core'
import { identity, isIdentity, nontrivialAxes, type Permutation, sameShape } from './layout.ts'
import type { RecordedValue } from './recorded-value.ts'

// What can be said of shapes and orders of axes before any number moves: no graph is written here.

/** A value's stored shape with its axes in another order. */
export function storedIn(value: RecordedValue, permutation: Permutation): number[] {
  const places = invertPermutation(value.permutation)
  return permutation.map((axis) => value.stored[places[axis]!]!)
}

/** A value of lower rank seen with leading axes of length one, and its stored shape in the order of the result. */
export function aligned(
  value: RecordedValue,
  rank: number,
  permutation: Permutation,
): { readonly order: Permutation; readonly stored: number[] } {
  const missing = rank - value.shape.length
  const order =
    missing === 0 ? permutation : permutation.filter((axis) => axis >= missing).map((axis) => axis - missing)
  const own = storedIn(value, order)
  let next = 0
  const stored = permutation.map((axis) => (axis < missing ? 1 : own[next++]!))
  return { order, stored }
}

/** The order of axes that the most data already has; a variable follows computed values rather than leads them. */
export function preferredOrder(values: readonly RecordedValue[], rank: number): Permutation {
  let best = identity(rank)
  let bestSize = -1
  for (const value of values) {
    if (value.shape.length !== rank || isIdentity(value.permutation) || nontrivialAxes(value.stored) <= 1) continue
    const size = sizeOfShape(value.stored)
    if (size > bestSize) [best, bestSize] = [value.permutation, size]
  }
  return best
}

/** The variable that a result of these operands follows. */
export function followed(values: readonly RecordedValue[], shape: readonly number[]): string | undefined {
  for (const value of values) {
    const variable = value.source.kind === 'state' ? value.source.state : value.follows
    if (variable !== undefined && sameShape(value.shape, shape)) return variable
  }
  return undefined
}

/**
 * When two shapes differ only in axes of length one: the permutation and stored shape under the new shape, so that no
 * number moves. Undefined when the shapes differ otherwise.
 */
export function moveOnes(
  value: RecordedValue,
  shape: readonly number[],
): { permutation: Permutation; stored: number[] } | undefined {
  const axesBefore = value.shape.flatMap((length, axis) => (length === 1 ? [] : [axis]))
  const axesAfter = shape.flatMap((length, axis) => (length === 1 ? [] : [axis]))
  if (
    !sameShape(
      axesBefore.map((axis) => value.shape[axis]!),
      axesAfter.map((axis) => shape[axis]!),
    )
  )
    return undefined
  const places = invertPermutation(value.permutation)
  // Axes of length one stand where they stood; the others keep their order in memory.
  const inMemory = axesBefore
    .map((axis, index) => ({ place: places[axis]!, axis: axesAfter[index]! }))
    .sort((a, b) => a.place - b.place)
  const permutation: number[] = []
  const stored: number[] = []
  let next = 0
  const ordered = inMemory.every(({ axis }, index) => index === 0 || inMemory[index - 1]!.axis < axis)
  for (let place = 0; place < shape.length; place++) {
    if (shape[place] === 1) {
      permutation.push(place)
      stored.push(1)
    } else {
      const entry = inMemory[next++]!
      permutation.push(entry.axis)
      stored.push(value.stored[entry.place]!)
    }
  }
  return ordered ? { permutation: identity(shape.length), stored } : { permutation, stored }
}

/**
 * When a value repeats along axes that no other axis is joined with: both shapes with ones there, so that it still repeats
 * under the new shape. Undefined when there are no such axes, or when other numbers move too.
 */
export function withoutRepeats(
  value: RecordedValue,
  shape: readonly number[],
): { readonly from: readonly number[]; readonly to: readonly number[] } | undefined {
  const places = invertPermutation(value.permutation)
  const from = value.shape.map((_, axis) => value.stored[places[axis]!]!)
  if (sameShape(from, value.shape) || shape.includes(0)) return undefined
  const to = [...shape]
  let [before, after] = [0, 0]
  while (before < from.length && after < to.length) {
    // The fewest axes of either shape that hold the same numbers.
    const [first, firstAfter] = [before, after]
    let [own, other] = [value.shape[before++]!, shape[after++]!]
    while (own !== other) {
      if (own < other) own *= value.shape[before++]!
      else other *= shape[after++]!
    }
    if (own > 1 && from.slice(first, before).every((length) => length === 1)) to.fill(1, firstAfter, after)
  }
  return moveOnes({ ...value, shape: from }, to) === undefined ? undefined : { from, to }
}
