import type { NDArray } from '@gantry/core'
import type { Readings } from './readings.ts'

/**
 * What the discriminator says of real and of generated samples.
 *
 * - `realOutput`, `fakeOutput`: mean logits.
 * - `realAccuracy`, `fakeAccuracy`: shares on the right side of the middle between these means; about a half each where it cannot tell.
 * - `separation`: how often a real sample is rated above a generated one (the area under the curve of true over false positives). 0.5
 *   where it cannot tell, 1 where it is never wrong.
 */
export function opinionReadings(real: NDArray, fake: NDArray): Readings {
  const [onReal, onFake] = [Array.from(real.data, Number), Array.from(fake.data, Number)]
  const [realOutput, fakeOutput] = [mean(onReal), mean(onFake)]
  const middle = (realOutput + fakeOutput) / 2
  return {
    realOutput,
    fakeOutput,
    realAccuracy: onReal.filter((value) => value > middle).length / onReal.length,
    fakeAccuracy: onFake.filter((value) => value <= middle).length / onFake.length,
    separation: separation(onReal, onFake),
  }
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

/** P(real > fake) + P(real = fake)/2. */
function separation(real: readonly number[], fake: readonly number[]): number {
  let wins = 0
  for (const own of real) for (const other of fake) wins += own > other ? 1 : own === other ? 0.5 : 0
  return wins / (real.length * fake.length)
}
