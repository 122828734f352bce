import { type NDArray, ndarray, type Ports } from '@gantry/core'
import { perceptualPathLength, type Work } from '@gantry/metrics'
import { call, type FedFunction } from './fed-batches.ts'
import type { Onlooker } from './samples.ts'

export interface PathLengthsRequest {
  readonly seed: number
  readonly perceptual: Onlooker
  /** Paths that are drawn; those outside of the percentiles 1 and 99 are left out. */
  readonly paths: number
  readonly work: Work
}

/** The one input that is drawn from a normal distribution as a latent vector; undefined where there are none or several. */
export function drawnLatent(ports: Ports): string | undefined {
  const latents = Object.keys(ports).filter((name) => ports[name]!.modality === 'latent')
  const [name] = latents
  const isVector = name !== undefined && ports[name]!.shape.length === 1 && ports[name]!.drawn === 'normal'
  return latents.length === 1 && isVector ? name : undefined
}

/**
 * How far images move for small steps in the latent space of a function: classes and noise are the same at both ends of a step.
 *
 * @returns the distances that were kept, divided by ε²
 */
export async function pathLengths(
  fn: FedFunction,
  { seed, perceptual, paths, work }: PathLengthsRequest,
): Promise<NDArray<'float32'>> {
  const latent = drawnLatent(fn.inputs)!
  const [output] = Object.keys(fn.outputs) as [string]
  const { keptDistances } = await perceptualPathLength({
    ...work,
    ...{ seed, count: paths, latentSize: fn.inputs[latent]!.shape[0] as number },
    generate: async (latents, first) => {
      const request = { seed, from: first, count: latents.shape[0]!, asked: { [latent]: latents } }
      return (await call(fn, request)).outputs[output]!
    },
    distance: async (left, right) => {
      const pair = [left, right] as [NDArray<'float32'>, NDArray<'float32'>]
      return (await perceptual.compare(...pair)).distances
    },
  })
  return ndarray('float32', [keptDistances.length], Float32Array.from(keptDistances))
}
