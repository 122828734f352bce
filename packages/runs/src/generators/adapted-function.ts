import {
  type InferenceSession,
  invertPermutation,
  joinRows,
  type NamedTensorSpec,
  type NDArray,
  permuteAxes,
  rowsOf,
} from '@gantry/core'
import type { Arrays, Evaluate } from '@gantry/training'
import type { ChannelLayouts } from './described-model.ts'

/** [batch, height, width, channels] as [batch, channels, height, width]. */
const CHANNELS_FIRST = [0, 3, 1, 2] as const

/**
 * A foreign model as a function like our own: images have their channels last, and any number of samples can be asked for at a time,
 * also of a model that was exported for one batch size.
 */
export function adaptedFunction(session: InferenceSession, layouts: ChannelLayouts): Evaluate {
  const fixed = fixedBatch(session.inputs)
  return async (inputs) => {
    const turned = mapArrays(inputs, (name, array) => turn(layouts[name], array, CHANNELS_FIRST))
    const outputs = fixed === undefined ? await session.run(turned) : await runInParts(session, turned, fixed)
    return mapArrays(outputs, (name, array) => turn(layouts[name], array, invertPermutation(CHANNELS_FIRST)))
  }
}

function turn(layout: 'first' | 'last' | undefined, array: NDArray, permutation: readonly number[]): NDArray {
  return layout === 'first' && array.shape.length === 4 ? permuteAxes(array, permutation) : array
}

function fixedBatch(inputs: readonly NamedTensorSpec[]): number | undefined {
  const batch = inputs[0]?.shape[0]
  return typeof batch === 'number' ? batch : undefined
}

/** So many samples at a time; the last part is filled up with its own last sample. */
async function runInParts(session: InferenceSession, inputs: Arrays, size: number): Promise<Arrays> {
  const count = Object.values(inputs)[0]?.shape[0] ?? 0
  const parts: Arrays[] = []
  for (let from = 0; from < count; from += size) {
    const rows = Math.min(size, count - from)
    const outputs = await session.run(mapArrays(inputs, (_, array) => filled(rowsOf(array, from, rows), size)))
    parts.push(mapArrays(outputs, (_, array) => rowsOf(array, 0, rows)))
  }
  return mapArrays(parts[0] ?? {}, (name) => joinRows(parts.map((part) => part[name]!)))
}

function filled(array: NDArray, size: number): NDArray {
  const rows = array.shape[0]!
  if (rows === size) return array
  return joinRows([array, ...Array.from({ length: size - rows }, () => rowsOf(array, rows - 1, 1))])
}

function mapArrays(arrays: Arrays, change: (name: string, array: NDArray) => NDArray): Record<string, NDArray> {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, change(name, array)]))
}
