import type { NDArray, Port } from '@gantry/core'
import { supply } from '@gantry/modalities'
import { blamingTheRequest } from '../http/request-error.ts'
import type { ServerLimits } from '../limits.ts'
import type { Arrays } from '../models/batch-queue.ts'
import type { LoadedModel } from '../models/served-model.ts'
import { askedInputs } from './asked-inputs.ts'
import { checkSize } from './check-size.ts'

/** A seed, and how much of it there is. */
export interface Weighted {
  readonly seed: number
  readonly weight: number
}

/** The samples that a client wants. */
export interface Wanted {
  readonly seed: number
  readonly count: number
  readonly inputs: Readonly<Record<string, unknown>>
  /** Instead of the seed, for each sample: what is drawn is mixed of several seeds. */
  readonly mixtures?: readonly (readonly Weighted[])[]
}

/**
 * The inputs of a model for what a client wants.
 *
 * @returns [count, ...shape] of every input
 * @throws RequestError for whatever is wrong with the request
 */
export async function inputsFor(
  { manifest }: Pick<LoadedModel, 'manifest'>,
  { seed, count, inputs: given, mixtures }: Wanted,
  limits: ServerLimits,
): Promise<Arrays> {
  const asked = await askedInputs(manifest.inputs, given, limits)
  return blamingTheRequest(() => {
    checkSize(manifest, asked, count, limits)
    if (mixtures === undefined) return supply(manifest.inputs, { seed, from: 0, count, asked })
    // Nothing but what is mixed changes from one sample to the next: no class, no noise.
    const one = supply(manifest.inputs, { seed, from: 0, count: 1, asked })
    const plain = supply(manifest.inputs, { seed, from: 0, count, asked: one })
    const free = Object.entries(manifest.inputs).filter(([name, port]) => isDrawn(port) && asked[name] === undefined)
    const draws = new Map<number, Arrays>()
    const drawOf = (own: number) => {
      const known = draws.get(own) ?? supply(manifest.inputs, { seed: own, from: 0, count: 1, asked })
      draws.set(own, known)
      return known
    }
    for (const [name, port] of free) {
      for (const [row, mixture] of mixtures.entries()) {
        mix(
          plain[name]!,
          row,
          mixture.map((each) => ({ weight: each.weight, values: drawOf(each.seed)[name]! })),
          port,
        )
      }
    }
    return plain
  })
}

/** Whether an input is drawn where nobody gives it. */
export function isDrawn({ drawn, otherwise }: Port): boolean {
  return drawn !== undefined && otherwise === undefined
}

/**
 * Σ wᵢ·zᵢ / √Σ wᵢ²: a mixture of standard normals is a standard normal, so that it is as likely as what it is made of, and the way
 * from one to another (cos, sin) keeps the length. Uniform numbers are mixed around their middle, and stay in their range.
 */
function mix(
  target: NDArray,
  row: number,
  parts: readonly { readonly weight: number; readonly values: NDArray }[],
  { drawn }: Port,
): void {
  const norm = Math.hypot(...parts.map(({ weight }) => weight)) || 1
  const size = target.data.length / target.shape[0]!
  const middle = drawn === 'uniform' ? 0.5 : 0
  for (let index = 0; index < size; index++) {
    const sum = parts.reduce((all, { weight, values }) => all + weight * (Number(values.data[index]) - middle), 0)
    const value = middle + sum / norm
    target.data[row * size + index] = drawn === 'uniform' ? Math.min(1 - 2 ** -24, Math.max(0, value)) : value
  }
}
