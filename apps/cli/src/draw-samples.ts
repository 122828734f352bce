import type { Generator } from '@gantry/training'
import type { LoadedGenerator } from './load-generator.ts'

/** A loaded generator as a function of latent vectors, and of labels where it is told any. */
export function generatorOf({ session, manifest }: LoadedGenerator): Generator {
  const { latent, sample, conditioning } = manifest
  return async (vectors, labels) => {
    const feeds = { [latent.input]: vectors, ...(conditioning && labels && { [conditioning.input]: labels }) }
    return (await session.run(feeds))[sample.output]!
  }
}
