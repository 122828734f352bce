import { ConfigurationError, joinRows, type NDArray, ndarray, type Ports } from '@gantry/core'
import { type Latent, type WayOptions, wayThrough } from '@gantry/latents'
import { supply } from '@gantry/modalities'
import type { Arrays } from '@gantry/training'

/**
 * The inputs of a function that are latent vectors, drawn where nobody gives them.
 *
 * @throws ConfigurationError `LATENT_MISSING` for a function without
 */
export function latentPorts(ports: Ports, { variant }: { readonly variant: string }): string[] {
  const names = Object.keys(ports).filter((name) => ports[name]!.modality === 'latent')
  if (names.length > 0) return names
  throw new ConfigurationError({
    code: 'LATENT_MISSING',
    message: `The function of ${variant} takes ${Object.keys(ports).join(', ') || 'nothing'}: no latent vectors that one could move through.`,
    fix: "Choose a generator that draws from noise, such as 'dcgan' or 'stylegan2'.",
  })
}

/** What a way through the latent space is asked for with. */
export interface WayRequest extends WayOptions {
  readonly seeds: readonly number[]
  /** Inputs that stay as they are on the whole way: one element. */
  readonly asked?: Arrays
}

/**
 * The inputs of every frame of a way: latents move from seed to seed, everything else, noise as well, stays what it is for the first.
 *
 * @returns [frames, ...shape] of every input
 */
export function wayInputs(
  ports: Ports,
  names: readonly string[],
  { seeds, asked = {}, ...way }: WayRequest,
): Record<string, NDArray> {
  const draw = (seed: number) => supply(ports, { seed, from: 0, count: 1, asked })
  const draws = seeds.map(draw)
  const first = draws[0] ?? draw(0)
  const moving = names.filter((name) => asked[name] === undefined)
  const rows = Object.entries(first).map(([name, array]) => {
    if (!moving.includes(name)) return [name, joinRows(Array.from({ length: way.frames }, () => array))] as const
    const points = draws.map((each) => each[name]!.data as Latent)
    return [name, joinRows(wayThrough(points, way).map((place) => ndarray('float32', array.shape, place)))] as const
  })
  return Object.fromEntries(rows)
}
