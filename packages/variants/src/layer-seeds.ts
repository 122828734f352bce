import { RandomStream } from '@gantry/core'

/** Hands out one seed a layer, so that equal run seeds give equal initial weights. */
export function layerSeeds(seed: number, network: string): () => number {
  const random = new RandomStream(seed, `weights/${network}`)
  return () => random.integer(0x7fffffff)
}
