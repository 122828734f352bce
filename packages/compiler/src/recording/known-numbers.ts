import { type NDArray, permuteAxes } from '@gantry/core'
import { evaluateGraph } from '@gantry/onnx'
import type { ConstantValues, RecordedValue } from './recorded-value.ts'
import type { Recording } from './recording.ts'

/** Numbers that a program read while it was recorded, and the value that computes them when the graph runs. */
export interface NumbersRead {
  readonly value: string
  readonly numbers: ConstantValues
}

/**
 * A value as a constant, where no feed and no variable goes into it: converters write lengths as arithmetic on shapes, whose
 * result TF.js reads. Values of other kinds stay what they are.
 *
 * @param fixed the numbers behind names in the graph that never change: those of a graph model's weights
 */
export function computedNow(
  recording: Recording,
  value: RecordedValue,
  fixed: (state: string) => NDArray | undefined,
): RecordedValue {
  if (value.source.kind === 'constant') return value
  const name = recording.placeStored(value, value.permutation)
  const graph = recording.builder.extract([{ name, dtype: value.dtype, shape: value.stored }])
  const weights = graph.inputs.flatMap((input) => {
    const numbers = fixed(input.name)
    const layout = recording.layoutOf(input.name, input.shape.length)
    return numbers === undefined ? [] : [[input.name, permuteAxes(numbers, layout)] as const]
  })
  const array = evaluateGraph(graph, Object.fromEntries(weights))?.[name]
  if (array === undefined) return value
  const values = array.data as ConstantValues
  recording.numbersRead.push({ value: name, numbers: values })
  return { ...value, source: { kind: 'constant', values } }
}
