import { createOnnxRuntimeInference } from '@gantry/backend-onnxruntime'
import { type NDArray, ndarray, TrainingError } from '@gantry/core'
import { drawLatents } from '@gantry/training'
import type { OpenTraining } from './open-training.ts'

/** Batch sizes at which an export is compared with the trainer: one, an odd one, and a full grid. */
export const checkedBatches = [1, 7, 64] as const

/** Rounding is a millionth of the largest sample or less; an export that differs by more than this is another network. */
const LARGEST_RELATIVE_ERROR = 1e-3

/**
 * Largest absolute difference between an exported model's samples and those of the session that it was trained in.
 *
 * @throws TrainingError `EXPORT_DIFFERS`, or `SAMPLES_NOT_FINITE` for a generator that diverged
 */
export async function measureParity(
  { model, session, config }: OpenTraining,
  functionName: string,
  bytes: Uint8Array,
): Promise<number> {
  const exported = await createOnnxRuntimeInference({ device: 'cpu' }).load(bytes)
  let error = 0
  let scale = 1
  try {
    for (const count of checkedBatches) {
      const latent = drawLatents(model.latent, { seed: config.seed, count })
      const feeds = { latent, ...labelsFor(model.classes, count) }
      const { samples: trainers } = await session.evaluate(functionName, feeds)
      const { samples: own } = await exported.run(feeds)
      scale = Math.max(scale, largestOf(trainers!))
      error = Math.max(error, largestDifference(own!, trainers!))
    }
  } finally {
    await exported.dispose()
  }
  if (error <= LARGEST_RELATIVE_ERROR * scale) return error
  throw new TrainingError({
    code: 'EXPORT_DIFFERS',
    message: `The exported generator differs from the trainer by ${error}, where samples reach ${scale}.`,
    fix: 'Please report this with the run folder.',
  })
}

/** Labels in turn, for a generator that is told them. */
function labelsFor(classes: number | undefined, count: number): { labels?: NDArray } {
  if (classes === undefined) return {}
  return {
    labels: ndarray(
      'int32',
      [count],
      Int32Array.from({ length: count }, (_, index) => index % classes),
    ),
  }
}

function largestOf({ data }: NDArray): number {
  let largest = 0
  for (const value of data) largest = Math.max(largest, Math.abs(Number(value)))
  if (Number.isFinite(largest)) return largest
  throw new TrainingError({
    code: 'SAMPLES_NOT_FINITE',
    message: 'The generator has diverged: its samples are not finite numbers.',
    fix: 'Train it again with a lower learning rate.',
  })
}

function largestDifference(left: NDArray, right: NDArray): number {
  if (left.data.length !== right.data.length) return Number.POSITIVE_INFINITY
  let largest = 0
  for (let index = 0; index < left.data.length; index++) {
    largest = Math.max(largest, Math.abs(Number(left.data[index]) - Number(right.data[index])))
  }
  // Math.max keeps a NaN, which no limit would catch.
  return Number.isNaN(largest) ? Number.POSITIVE_INFINITY : largest
}
