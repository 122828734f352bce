/** Plain loops over float64 vectors: the other half of every gradient case. */
export type Shape = readonly number[]
type Place = readonly number[]

export const sizeOf = (shape: Shape) => shape.reduce((product, length) => product * length, 1)

/** Every place of a tensor, in order. */
export function placesOf(shape: Shape): number[][] {
  return shape.reduce<number[][]>(
    (places, length) => places.flatMap((place) => Array.from({ length }, (_, index) => [...place, index])),
    [[]],
  )
}

/** Where the number of a place is stored. */
export const offsetOf = (shape: Shape, place: Place) =>
  place.reduce((offset, index, axis) => offset * shape[axis]! + index, 0)

/** A tensor whose numbers are some of x's, or a blank where `pick` finds none. */
export function moved(
  x: Float64Array,
  shape: Shape,
  newShape: Shape,
  pick: (place: Place) => Place | undefined,
  blank = 0,
) {
  return placesOf(newShape).map((place) => {
    const source = pick(place)
    return source === undefined ? blank : x[offsetOf(shape, source)]!
  })
}

/** Two tensors broadcast to each other, number by number. */
export function combined(shapeA: Shape, shapeB: Shape, f: (a: number, b: number) => number) {
  const rank = Math.max(shapeA.length, shapeB.length)
  const wide = (shape: Shape) => [...Array.from({ length: rank - shape.length }, () => 1), ...shape]
  const [wideA, wideB] = [wide(shapeA), wide(shapeB)]
  const clamped = (place: Place, shape: Shape) =>
    offsetOf(
      shape,
      place.map((index, axis) => Math.min(index, shape[axis]! - 1)),
    )
  const shape = wideA.map((length, axis) => Math.max(length, wideB[axis]!))
  return (a: Float64Array, b: Float64Array) =>
    placesOf(shape).map((place) => f(a[clamped(place, wideA)]!, b[clamped(place, wideB)]!))
}

/** The rows that a reduction along these axes reduces, one for each result. */
export function rowsOf(x: Float64Array, shape: Shape, axes: readonly number[]): number[][] {
  const rows = new Map<string, number[]>()
  for (const place of placesOf(shape)) {
    const key = place.filter((_, axis) => !axes.includes(axis)).join()
    const row = rows.get(key) ?? []
    rows.set(key, row)
    row.push(x[offsetOf(shape, place)]!)
  }
  return [...rows.values()]
}

export interface Axis {
  readonly length: number
  readonly window: number
  readonly step?: number
  readonly dilation?: number
  readonly padding: 'same' | 'valid' | readonly [number, number]
}

/** For each window along an axis, the places it covers; those outside of the image are left out. */
export function windowsOf({
  length,
  window,
  step = 1,
  dilation = 1,
  padding,
}: Axis): { offset: number; place: number }[][] {
  const reach = (window - 1) * dilation + 1
  const total = Math.max(0, (Math.ceil(length / step) - 1) * step + reach - length)
  const [before, after] =
    padding === 'same' ? [Math.floor(total / 2), Math.ceil(total / 2)] : padding === 'valid' ? [0, 0] : padding
  const count = Math.floor((length + before + after - reach) / step) + 1
  return Array.from({ length: count }, (_, index) =>
    Array.from({ length: window }, (_, offset) => ({
      offset,
      place: index * step - before + offset * dilation,
    })).filter(({ place }) => place >= 0 && place < length),
  )
}
