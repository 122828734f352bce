import { createOnnxRuntimeInference } from '@gantry/backend-onnxruntime'
import {
  compareArrays,
  type ModelFunction,
  type NDArray,
  type Port,
  type Ports,
  TrainingError,
  type TrainingSession,
} from '@gantry/core'
import { drawRows, noiseDraw, portsFromData, supply } from '@gantry/modalities'

/** Batch sizes at which an export is compared with the trainer: one, an odd one, and a full grid. */
const BATCHES = [1, 7, 64] as const

/**
 * Numbers of a batch, at the most, but of two samples: what makes images of 1,024 pixels holds thirty times as many on the way, and takes
 * seconds for each.
 */
const MOST_NUMBERS = 2 ** 20

/**
 * Batch sizes at which a function with these ports is compared: of large samples fewer, and two at the least.
 *
 * @param ports inputs and outputs; lengths that are open are small when they are compared
 */
export function checkedBatches(ports: Ports): number[] {
  const sizes = Object.values(ports).map(({ shape }) =>
    shape.reduce((size: number, length) => size * (typeof length === 'number' ? length : 1), 1),
  )
  const most = Math.max(2, Math.floor(MOST_NUMBERS / Math.max(1, ...sizes)))
  return [...new Set(BATCHES.map((count) => Math.min(count, most)))]
}

/** Rounding is a millionth of the largest sample or less; an export that differs by more than this is another network. */
const LARGEST_RELATIVE_ERROR = 1e-3

export interface ParityRequest {
  readonly session: TrainingSession
  readonly fn: Pick<ModelFunction<unknown>, 'name'>
  /** Of the exported file, noise included. */
  readonly ports: Ports
  readonly bytes: Uint8Array
  readonly batches: readonly number[]
  readonly seed: number
}

/**
 * Largest absolute difference between what an exported model makes and what the session does that it was trained in.
 *
 * @throws TrainingError `EXPORT_DIFFERS`, or `SAMPLES_NOT_FINITE` for a generator that diverged
 */
export async function measureParity({ session, fn, ports, bytes, batches, seed }: ParityRequest): Promise<number> {
  const exported = await createOnnxRuntimeInference({ device: 'cpu' }).load(bytes)
  let [error, scale] = [0, 1]
  try {
    for (const count of batches) {
      const own = supply(ports, { seed, from: 0, count, asked: madeUp(portsFromData(ports), seed, count) })
      const trainers = await session.evaluate(fn.name, own, noiseDraw({ seed, from: 0 }))
      const outputs = await exported.run(own)
      for (const [name, expected] of Object.entries(trainers)) {
        const { absolute, largest, finite } = compareArrays(outputs[name]!, expected)
        if (!finite) throw diverged()
        scale = Math.max(scale, largest)
        error = Math.max(error, absolute)
      }
    }
  } finally {
    await exported.dispose()
  }
  if (error <= LARGEST_RELATIVE_ERROR * scale) return error
  throw new TrainingError({
    code: 'EXPORT_DIFFERS',
    message: `The exported generator differs from the trainer by ${error}, where samples reach ${scale}.`,
    fix: 'Where training diverged, as `gantry inspect` tells, weights magnify every rounding: train with a lower rate. Otherwise please report this with the run folder.',
  })
}

/** Numbers in the range of each input that the data feed: a comparison needs no real ones, and an export no data. */
function madeUp(ports: Ports, seed: number, count: number): Record<string, NDArray> {
  const fed = Object.entries(ports).map(([name, port]) => {
    const lengths = port.shape.map((length, axis) =>
      typeof length === 'number' ? length : openLength(port, axis, count),
    )
    const rows = { name: `parity/${port.field}`, shape: lengths, distribution: 'uniform' } as const
    const array = drawRows(rows, { seed, from: 0, count }) as NDArray<'float32'>
    return [name, { ...array, data: array.data.map(madeUpNumber(port)) }] as const
  })
  return Object.fromEntries(fed)
}

/** A number that a port can take, of one in [0, 1). Whole numbers stand for names, where there are any. */
function madeUpNumber({ dtype, names, range }: Port): (uniform: number) => number {
  if (dtype.startsWith('float')) {
    const [low, high] = range ?? [-1, 1]
    return (uniform) => low + (high - low) * uniform
  }
  const [first, last] = names ? [0, names.length - 1] : (range ?? [0, 1])
  return (uniform) => Math.floor(first + (last + 1 - first) * uniform)
}

/** Samples of more than so many are small where their size is open: what makes them larger would take gigabytes for them. */
const MOST_LARGE = 8

/** What stands for a length that is open, such as the height of an image: another for each. */
function openLength({ shape, multiples = {} }: Port, axis: number, count: number): number {
  const multiple = multiples[shape[axis]!] ?? 1
  const smallest = count <= MOST_LARGE ? 16 : 4
  return Math.ceil((smallest * (2 + axis)) / multiple) * multiple
}

function diverged(): TrainingError {
  return new TrainingError({
    code: 'SAMPLES_NOT_FINITE',
    message: 'The generator has diverged: its samples are not finite numbers.',
    fix: 'Train it again with a lower learning rate.',
  })
}
