import { type DrawFeed, type NDArray, ndarray, type Ports, rowsOf } from '@gantry/core'
import { type Modality, modalities, noiseDraw, supply } from '@gantry/modalities'
import type { Arrays } from './observer.ts'

/** Memory of a convolutional generator grows with its batch: more samples than this are made in parts. */
export const LARGEST_BATCH = 64

/** Batches that the generator is ahead at the most: an engine takes several that wait in one go. */
const MOST_AHEAD = 7

/** Bytes of batches that may wait for the consumer. */
const BYTES_AHEAD = 2 ** 22

/** How many batches {@link generateBatches} keeps the generator ahead, by the bytes of one. */
export function batchesAhead(bytes: number): number {
  return Math.max(1, Math.min(MOST_AHEAD, Math.floor(BYTES_AHEAD / bytes)))
}

/**
 * A function of batches: one of a model's, or an exported one. `draw` gives noise that a program turns out to draw by name; what is
 * exported has it among its inputs.
 */
export type Evaluate = (inputs: Arrays, draw: DrawFeed) => Promise<Arrays>

export interface GenerateOptions {
  readonly seed: number
  readonly count: number
  /** Number of the first sample; default: 0. */
  readonly first?: number
  readonly batchSize?: number
  /** Inputs by name that are not to be drawn: one element for all, or `count` of them. */
  readonly asked?: Arrays
  /** Elements of the data by field, for inputs that come from them: `count` of each. */
  readonly data?: Arrays
  /** Modalities that are known; default: those of @gantry/modalities. */
  readonly registry?: readonly Modality[]
}

/** Samples number `from` and following, counted from the first: what the function was given, and what it made of it. */
export interface Generated {
  readonly from: number
  readonly inputs: Arrays
  readonly outputs: Arrays
}

/**
 * Generates samples number `first` to `first + count - 1` of a seed, in batches of at most 64; sample 70 is the same whatever the split.
 * The generator works one batch ahead of the consumer, up to seven if they are small (4 MB together).
 *
 * @param ports inputs of the function; what nobody gives is drawn (see `supply` of @gantry/modalities)
 * @returns parts of [batch, ...shape] by output, each with the number of its first sample
 * @throws ConfigurationError of `supply`, such as `INPUT_MISSING`
 *
 * @example
 * ```ts
 * for await (const { from, outputs } of generateBatches(evaluate, manifest.inputs, { seed: 0, count: 10_000 })) …
 * ```
 */
export async function* generateBatches(
  evaluate: Evaluate,
  ports: Ports,
  { seed, count, first = 0, batchSize = LARGEST_BATCH, asked = {}, data = {}, registry = modalities }: GenerateOptions,
): AsyncGenerator<Generated> {
  const start = async (from: number): Promise<Generated> => {
    const size = Math.min(batchSize, count - from)
    const part = (arrays: Arrays) => rowsOfEach(arrays, from, size)
    const number = first + from
    const inputs = supply(ports, { seed, from: number, count: size, asked: part(asked), data: part(data) }, registry)
    return { from, inputs, outputs: await evaluate(inputs, noiseDraw({ seed, from: number })) }
  }
  const started: Promise<Generated>[] = []
  let [next, ahead] = [0, 1]
  try {
    while (next < count || started.length > 0) {
      while (next < count && started.length <= ahead) {
        const batch = start(next)
        // Reported when its turn comes; until then nobody listens.
        batch.catch(() => {})
        started.push(batch)
        next += batchSize
      }
      const batch = await started.shift()!
      ahead = batchesAhead(Object.values(batch.outputs).reduce((sum, { data: values }) => sum + values.byteLength, 0))
      yield batch
    }
  } finally {
    // The consumer may dispose the generator as soon as its loop has ended.
    await Promise.allSettled(started)
  }
}

/**
 * {@link generateBatches} in one array for each input and output.
 *
 * @returns [count, ...shape] by name
 */
export async function generate(
  evaluate: Evaluate,
  ports: Ports,
  options: GenerateOptions,
): Promise<{ readonly inputs: Arrays; readonly outputs: Arrays }> {
  const [inputs, outputs]: Record<string, NDArray>[] = [{}, {}]
  for await (const batch of generateBatches(evaluate, ports, options)) {
    gather(inputs!, batch.inputs, batch.from, options.count)
    gather(outputs!, batch.outputs, batch.from, options.count)
  }
  return { inputs: inputs!, outputs: outputs! }
}

/** Puts rows `from` and following into arrays of `count` rows, which it makes where they are missing. */
export function gather(all: Record<string, NDArray>, batch: Arrays, from: number, count: number): void {
  for (const [name, { dtype, shape, data }] of Object.entries(batch)) {
    const rows = shape[0]!
    const whole = all[name] ?? ndarray(dtype, [count, ...shape.slice(1)])
    all[name] = whole
    whole.data.set(data as never, from * (data.length / rows))
  }
}

/** Rows `from` and following of arrays that have several; an array of one row is for everybody. */
export function rowsOfEach(arrays: Arrays, from: number, count: number): Record<string, NDArray> {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => [name, array.shape[0] === 1 ? array : rowsOf(array, from, count)]),
  )
}
