import { ConfigurationError, joinRows, type NDArray, ndarray, type Ports } from '@gantry/core'
import { type Between, type Latent, type WayOptions, wayThrough } from '@gantry/latents'
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

interface MovingInput {
  readonly points: readonly Latent[]
  readonly between: Between
}

/**
 * The inputs of every frame of a way: some move through points, everything else, noise as well, stays what it is for the first.
 *
 * @param still one element of every input
 * @param moving points of those that move, and how they do, by their names
 * @returns [frames, ...shape] of the inputs that move; of the others one element for all
 * @throws ConfigurationError `WAY_INVALID`
 */
export function wayInputs(
  still: Arrays,
  moving: Readonly<Record<string, MovingInput>>,
  way: Omit<WayOptions, 'between'>,
): Record<string, NDArray> {
  const moved = Object.entries(moving).map(([name, { points, between }]) => {
    const { shape } = still[name]!
    const places = wayThrough(points, { ...way, between })
    return [name, joinRows(places.map((place) => ndarray('float32', shape, place)))] as const
  })
  return { ...still, ...Object.fromEntries(moved) }
}
