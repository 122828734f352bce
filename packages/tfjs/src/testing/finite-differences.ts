/** A number of several vectors, computed in float64. */
export type Loss = (...vectors: Float64Array[]) => number

/** The vectors, moved: each by `distance` along its direction. */
function along(
  vectors: readonly Float64Array[],
  directions: readonly Float64Array[],
  distance: number,
): Float64Array[] {
  return vectors.map((vector, index) => vector.map((value, place) => value + distance * directions[index]![place]!))
}

/** Zero but for a one: the direction of a single coordinate. */
function coordinate(vectors: readonly Float64Array[], vector: number, place: number): Float64Array[] {
  return vectors.map(({ length }, index) =>
    Float64Array.from({ length }, (_, other) => (index === vector && other === place ? 1 : 0)),
  )
}

/** Richardson's extrapolation (1911) of a difference whose error is quadratic in the step: then it is of fourth order. */
const extrapolated = (difference: (step: number) => number, step: number) =>
  (4 * difference(step / 2) - difference(step)) / 3

/** The gradient by every vector, from central differences. */
export function gradientOf(loss: Loss, vectors: readonly Float64Array[], step = 1e-3): number[][] {
  return vectors.map((vector, index) =>
    Array.from(vector, (_, place) => {
      const axis = coordinate(vectors, index, place)
      const at = (distance: number) => loss(...along(vectors, axis, distance))
      return extrapolated((each) => (at(each) - at(-each)) / (2 * each), step)
    }),
  )
}

/** The Hessian times the directions: the gradient of the slope along them, from mixed central differences. */
export function curvatureOf(
  loss: Loss,
  vectors: readonly Float64Array[],
  directions: readonly Float64Array[],
  step = 4e-3,
): number[][] {
  return vectors.map((vector, index) =>
    Array.from(vector, (_, place) => {
      const axis = coordinate(vectors, index, place)
      const at = (first: number, second: number) => loss(...along(along(vectors, axis, first), directions, second))
      const mixed = (each: number) =>
        (at(each, each) - at(each, -each) - at(-each, each) + at(-each, -each)) / (4 * each ** 2)
      return extrapolated(mixed, step)
    }),
  )
}
