import { type Batch, type NDArray, type Ports, sizeOfShape } from '@gantry/core'
import { noiseDraw, supply } from '@gantry/modalities'
import type { Evaluate } from '@gantry/training'
import { BATCH, type Elements } from './samples.ts'

type Arrays = Readonly<Record<string, NDArray>>

/** A function, and what it is called with. */
export interface FedFunction {
  readonly evaluate: Evaluate
  readonly inputs: Ports
  readonly outputs: Ports
}

export interface FedFrom {
  readonly elements: Elements
  /** Draws what the data do not give. */
  readonly seed: number
}

/** What a function was given, and what it made of it. */
export interface FedBatch {
  /** Number of the first of them. */
  readonly from: number
  readonly element: Batch
  readonly inputs: Arrays
  readonly outputs: Arrays
}

/** Numbers of a field that are given at a time: networks remember many times as many. */
const NUMBERS = 2 ** 20

/** What a function makes of elements number `from` and following of the data, each at its place. */
export async function* fedBatches(
  fn: FedFunction,
  { elements, seed }: FedFrom,
  from: number,
  count: number,
): AsyncGenerator<FedBatch> {
  const largest = Math.max(...Object.values(elements.fields).map(({ shape }) => sizeOfShape(shape)))
  const size = Math.max(1, Math.min(BATCH, Math.floor(NUMBERS / largest)))
  let position = from
  for await (const element of elements.read(from, count, size)) {
    const rows = Object.values(element)[0]!.shape[0]!
    const called = await call(fn, { seed, from: position, count: rows, data: element })
    yield { from: position, element, ...called }
    position += rows
  }
}

/** Calls a function for samples number `from` and following; `asked` are inputs by name, `data` by field. */
export async function call(
  { evaluate, inputs: ports }: FedFunction,
  request: Parameters<typeof supply>[1],
): Promise<{ readonly inputs: Arrays; readonly outputs: Arrays }> {
  const inputs = supply(ports, request)
  return { inputs, outputs: await evaluate(inputs, noiseDraw(request)) }
}
