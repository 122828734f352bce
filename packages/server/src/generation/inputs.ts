import type { Port } from '@gantry/core'
import { type Latent, type LatentSpace, spaceOf } from '@gantry/latents'
import { supply } from '@gantry/modalities'
import { blamingTheRequest } from '../http/request-error.ts'
import type { ServerLimits } from '../limits.ts'
import type { Arrays } from '../models/batch-queue.ts'
import type { LoadedModel } from '../models/served-model.ts'
import { checkSize } from './check-size.ts'

/** A place among what seeds draw: of each input on its own, in its space. */
export type Mixed = (drawOf: (seed: number) => Latent, space: LatentSpace) => Latent

/** The samples that a client wants. */
export interface Wanted {
  readonly seed: number
  readonly count: number
  /** Inputs that are given: [1 or count, ...shape]. */
  readonly asked: Arrays
  /** Instead of what the seed draws, for each sample. */
  readonly places?: readonly Mixed[]
}

/**
 * The inputs of a model for what a client wants.
 *
 * @returns [count, ...shape] of every input
 * @throws RequestError for whatever is wrong with the request
 */
export function inputsFor(
  { manifest }: Pick<LoadedModel, 'manifest'>,
  { seed, count, asked, places }: Wanted,
  limits: Pick<ServerLimits, 'pixels'>,
): Arrays {
  return blamingTheRequest(() => {
    checkSize(manifest, asked, count, limits)
    if (places === undefined) return supply(manifest.inputs, { seed, from: 0, count, asked })
    // Nothing but what is mixed changes from one sample to the next: no class, no noise.
    const one = supply(manifest.inputs, { seed, from: 0, count: 1, asked })
    const plain = supply(manifest.inputs, { seed, from: 0, count, asked: one })
    const draws = new Map<number, Arrays>()
    const drawOf = (own: number) => {
      const known = draws.get(own) ?? supply(manifest.inputs, { seed: own, from: 0, count: 1, asked })
      draws.set(own, known)
      return known
    }
    for (const [name, port] of Object.entries(manifest.inputs)) {
      if (!isDrawn(port) || asked[name] !== undefined) continue
      const { data } = plain[name]!
      const space = spaceOf(port.drawn)
      for (const [row, place] of places.entries()) {
        data.set(place((own) => drawOf(own)[name]!.data as Latent, space) as never, (row * data.length) / count)
      }
    }
    return plain
  })
}

/** Whether an input is drawn where nobody gives it. */
export function isDrawn({ drawn, otherwise }: Port): boolean {
  return drawn !== undefined && otherwise === undefined
}
