import type { Dataset, NDArray, Port } from '@gantry/core'
import { type Coordinates, findModality, fittedTo } from '@gantry/modalities'
import { firstSamples } from '@gantry/training'
import { compareSamples, type RealSide, realSide } from './compare-samples.ts'
import { copiesAmong, type Originals, originalsOf } from './copies.ts'
import { distance } from './distances.ts'
import type { Readings } from './readings.ts'

/** Training samples among which copies are looked for. */
const ORIGINALS = 512

/** What the samples of one step after the other are compared with. */
export class SampleReadings {
  readonly #coordinates: (values: NDArray) => Coordinates
  readonly #real: RealSide
  readonly #originals: Originals
  #before: Coordinates | undefined

  private constructor(coordinates: (values: NDArray) => Coordinates, real: Coordinates, originals: Coordinates) {
    this.#coordinates = coordinates
    this.#real = realSide(real)
    this.#originals = originalsOf(originals)
  }

  /**
   * @param port what makes the samples
   * @param real as large as these
   * @returns undefined for samples whose modality has no space to compare them in
   */
  static async of(port: Port & { readonly field: string }, real: NDArray, dataset: Dataset, seed: number) {
    const { coordinates } = findModality(port.modality)
    if (coordinates === undefined) return undefined
    const originals = await firstSamples(dataset, Math.min(ORIGINALS, dataset.size), seed)
    return new SampleReadings(coordinates, coordinates(real), coordinates(fittedTo(port, originals[port.field]!)))
  }

  /**
   * Those of `compareSamples`; `copies`, the share of copies of training samples; and `movement`: how far the samples of the same
   * inputs have gone since the step before, over the mean distance of two real samples.
   *
   * @param translated made of the real samples, or of what belongs to them: to come near these is no copying then
   */
  read(samples: NDArray, translated: boolean): Readings {
    const generated = this.#coordinates(samples)
    const before = this.#before
    this.#before = generated
    return {
      ...compareSamples(generated, this.#real),
      ...(!translated && { copies: copiesAmong(generated, this.#originals) }),
      ...(before && { movement: meanMovement(before, generated) / this.#real.meanDistance }),
    }
  }
}

function meanMovement(before: Coordinates, now: Coordinates): number {
  let sum = 0
  for (let row = 0; row < now.rows; row++) sum += distance(before, row, now, row)
  return sum / now.rows
}
