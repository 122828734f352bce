import { ConfigurationError } from '@gantry/core'

/** A place in a latent space. */
export type Latent = Float32Array

/** The place at `at` (0 … 1) of the way from one place to another. */
export type Between = (from: Latent, to: Latent, at: number) => Latent

/** A way that begins and ends just where it should, whatever rounding says. */
const withEnds =
  (between: Between): Between =>
  (from, to, at) =>
    at === 0 ? from.slice() : at === 1 ? to.slice() : between(from, to, at)

/** Straight: for spaces without a centre, such as W of StyleGAN. */
export const linear: Between = withEnds((from, to, at) => from.map((value, index) => value + (to[index]! - value) * at))

/**
 * On the great circle (Shoemake 1985; White 2016 for latent spaces): sin((1−t)Ω)/sin Ω · from + sin(tΩ)/sin Ω · to of the directions, Ω the
 * angle between them; the length goes straight from one to the other. Vectors drawn from a normal distribution all have about the same
 * length, and so has what lies between them; on a straight line they would be shorter than any that the generator has seen.
 */
export const spherical: Between = withEnds((from, to, at) => {
  const lengths = [Math.hypot(...from), Math.hypot(...to)] as const
  const cosine = dot(from, to) / (lengths[0] * lengths[1])
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)))
  const sine = Math.sin(angle)
  // In one direction every arc is straight; opposite ones, or one without direction, have no arc of their own.
  if (!(sine > 1e-6)) return linear(from, to, at)
  const length = lengths[0] + (lengths[1] - lengths[0]) * at
  const before = (length * Math.sin((1 - at) * angle)) / (sine * lengths[0])
  const after = (length * Math.sin(at * angle)) / (sine * lengths[1])
  return from.map((value, index) => before * value + after * to[index]!)
})

/** What can be done with places of a latent space. */
export interface LatentSpace {
  readonly between: Between
  /** What is as likely, on the other side of the middle. */
  opposite(place: Latent): Latent
}

/** Below 1, as uniform draws are. */
const LARGEST_UNIFORM = 1 - 2 ** -24

/** Where normal draws lie: all directions alike, at about one distance from the middle. */
const normal: LatentSpace = { between: spherical, opposite: (place) => place.map((value) => -value) }

/** Where uniform draws lie, 0 ≤ z < 1: no arc stays in there. */
const uniform: LatentSpace = { between: linear, opposite: (place) => place.map((value) => LARGEST_UNIFORM - value) }

/** The space of what an input draws; normal unless it says otherwise. */
export function spaceOf(drawn: 'normal' | 'uniform' | undefined): LatentSpace {
  return drawn === 'uniform' ? uniform : normal
}

/** A place, and how much of it there is. */
export interface WeightedLatent {
  readonly latent: Latent
  /** Less than 0 is as much of its opposite. */
  readonly weight: number
}

/**
 * What lies among places: on the way from the first to the second, then on the way from there to the third, and so on. Weights are as
 * the sides of right angles, of which two make one: cos α and sin α lead to α/90° of a way, and of places of one weight each has its
 * equal share.
 *
 * @param parts one at least; one alone is that place, whatever its weight
 */
export function mixture(parts: readonly [WeightedLatent, ...WeightedLatent[]], space: LatentSpace): Latent {
  const [first, ...others] = parts.map(({ latent, weight }) => ({
    latent: weight < 0 ? space.opposite(latent) : latent,
    weight: Math.abs(weight),
  })) as [WeightedLatent, ...WeightedLatent[]]
  return others.reduce(
    (mixed, { latent, weight }) => ({
      latent: space.between(mixed.latent, latent, Math.atan2(weight, mixed.weight) / (Math.PI / 2)),
      weight: Math.hypot(mixed.weight, weight),
    }),
    first,
  ).latent
}

export interface WayOptions {
  /** Places of the whole way. */
  readonly frames: number
  /** Whether it leads back from the last point to the first: the place behind the last is then the first one. */
  readonly loop: boolean
  readonly between: Between
}

/**
 * Places on the way through some points, as far from each other in time.
 *
 * @throws ConfigurationError `WAY_INVALID` for less than two points, or fewer frames than points
 *
 * @example
 * ```ts
 * const [home, away] = [new Float32Array([1, 0]), new Float32Array([0, 1])]
 * wayThrough([home, away], { frames: 24, loop: true, between: spherical })
 * ```
 */
export function wayThrough(points: readonly Latent[], { frames, loop, between }: WayOptions): Latent[] {
  if (points.length < 2 || !(frames >= points.length)) {
    throw new ConfigurationError({
      code: 'WAY_INVALID',
      message: `A way leads through two points at least, with a frame for each, not through ${points.length} in ${frames} frames.`,
      fix: points.length < 2 ? 'Name two seeds: --seeds 1,2.' : `Ask for more frames: --frames ${24 * points.length}.`,
    })
  }
  return placesOnWay(points, { frames, loop }).map(({ from, to, at }) => between(from, to, at))
}

/** Between which two points a frame lies, and how far on the way from one to the other: 0 … 1. */
export interface Place<Point> {
  readonly from: Point
  readonly to: Point
  readonly at: number
}

/**
 * Where every frame of a way through some points lies, of what kind they may be.
 *
 * @param points two at least
 */
export function placesOnWay<Point>(
  points: readonly Point[],
  { frames, loop }: Pick<WayOptions, 'frames' | 'loop'>,
): Place<Point>[] {
  const stops = loop ? [...points, points[0]!] : points
  const parts = stops.length - 1
  return Array.from({ length: frames }, (_, frame) => {
    const place = (frame / (loop ? frames : frames - 1)) * parts
    const part = Math.min(parts - 1, Math.floor(place))
    return { from: stops[part]!, to: stops[part + 1]!, at: place - part }
  })
}

function dot(left: Latent, right: Latent): number {
  return left.reduce((sum, value, index) => sum + value * right[index]!, 0)
}
