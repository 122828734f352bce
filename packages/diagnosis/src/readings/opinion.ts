import type { NDArray } from '@gantry/core'
import type { Readings } from './readings.ts'

/** What the discriminator says of samples, each by itself. */
export interface Logits {
  readonly real: NDArray
  readonly fake: NDArray
  /** Of real samples that training never sees, where there are any. */
  readonly heldOut?: NDArray
}

/**
 * What the discriminator says of real and of generated samples, and of held-out ones.
 *
 * - `realOutput`, `fakeOutput`, `heldOutOutput`: mean logits.
 * - `realAccuracy`, `fakeAccuracy`: shares on the right side of the middle between these means; about a half each where it cannot tell.
 * - `separation`: how often a real sample is rated above a generated one (the area under the curve of true over false positives). 0.5
 *   where it cannot tell, 1 where it is never wrong.
 * - `overfitting`: r_v of Karras et al. 2020 (equation 1), of what lies between real and generated samples the share that lies between
 *   real and held-out ones. 0 where these are judged like what was trained on, 1 where they are judged like generated ones.
 */
export function opinionReadings({ real, fake, heldOut }: Logits): Readings {
  const [onReal, onFake] = [Array.from(real.data, Number), Array.from(fake.data, Number)]
  const [realOutput, fakeOutput] = [mean(onReal), mean(onFake)]
  const middle = (realOutput + fakeOutput) / 2
  return {
    realOutput,
    fakeOutput,
    realAccuracy: onReal.filter((value) => value > middle).length / onReal.length,
    fakeAccuracy: onFake.filter((value) => value <= middle).length / onFake.length,
    separation: separation(onReal, onFake),
    ...(heldOut && heldOutReadings(realOutput, fakeOutput, mean(Array.from(heldOut.data, Number)))),
  }
}

function heldOutReadings(realOutput: number, fakeOutput: number, heldOutOutput: number): Readings {
  const apart = realOutput - fakeOutput
  // Where generated samples are rated as real ones are, or above, there is nothing to have a share of.
  return { heldOutOutput, ...(apart > 0 && { overfitting: (realOutput - heldOutOutput) / apart }) }
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

/** P(real > fake) + P(real = fake)/2. */
function separation(real: readonly number[], fake: readonly number[]): number {
  let wins = 0
  for (const own of real) for (const other of fake) wins += own > other ? 1 : own === other ? 0.5 : 0
  return wins / (real.length * fake.length)
}
