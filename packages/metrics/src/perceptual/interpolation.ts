/** Writes the point between two latent vectors, 0 at `from` and 1 at `to`. */
type Interpolation = (from: Float64Array, to: Float64Array, position: number, out: Float64Array) => void

/** Below this, lengths count as 0 and directions as equal (the constant of torch-fidelity's `noise.py`). */
const EPSILON = 1e-7

const lerp: Interpolation = (from, to, position, out) => {
  for (let index = 0; index < out.length; index++) out[index] = from[index]! + (to[index]! - from[index]!) * position
}

/**
 * Along the great circle (Shoemake 1985), the length going over from one to the other. Opposite, parallel and zero vectors
 * span no circle: the line takes its place.
 */
const slerp: Interpolation = (from, to, position, out) => {
  const [fromLength, toLength] = [norm(from), norm(to)]
  let cosine = 0
  for (let index = 0; index < out.length; index++) cosine += from[index]! * to[index]!
  cosine /= fromLength * toLength
  if (!(fromLength > EPSILON && toLength > EPSILON) || Math.abs(cosine) > 1 - EPSILON)
    return lerp(from, to, position, out)
  const angle = Math.acos(cosine)
  const a = Math.sin((1 - position) * angle) / Math.sin(angle)
  const b = Math.sin(position * angle) / Math.sin(angle)
  for (let index = 0; index < out.length; index++) out[index] = a * from[index]! + b * to[index]!
}

/** On the unit sphere, for generators that normalize their latent vectors, as StyleGAN does. */
const slerpUnit: Interpolation = (from, to, position, out) => {
  slerp(unit(from), unit(to), position, out)
  out.set(unit(out))
}

/** The interpolations by name. */
export const interpolations = { lerp, slerp, 'slerp-unit': slerpUnit } as const

function norm(vector: Float64Array): number {
  let sum = 0
  for (const value of vector) sum += value * value
  return Math.sqrt(sum)
}

function unit(vector: Float64Array): Float64Array {
  const length = Math.max(norm(vector), EPSILON)
  return vector.map((value) => value / length)
}
