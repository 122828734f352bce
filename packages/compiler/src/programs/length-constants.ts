import type { NDArray } from '@gantry/core'
import { attribute, dataTypeOf } from '@gantry/onnx'
import { type Emit, isConstant, type KnownLengths } from './known-lengths.ts'
import type { LengthWriter } from './length-writer.ts'

/** Constants of more numbers are no shapes. */
const MOST_NUMBERS = 64

/** Pieces of a list of places: a mirrored axis has three. */
const MOST_RUNS = 8

/** Numbers that grow, or fall, by the same step. */
interface Run {
  readonly start: number
  readonly step: number
  readonly length: number
}

/**
 * A constant that was another one in every recording, as a value that the graph computes: each number by the lengths that it
 * knows, or as a list of places (0, 1, 2 … up to a length) where its own length differs. Undefined where no formula is found.
 *
 * @param versions the constant in every recording
 */
export function computedConstant(
  versions: readonly NDArray[],
  known: KnownLengths,
  writer: LengthWriter,
): Emit | undefined {
  const [first] = versions as [NDArray]
  const sameLength = isConstant(versions.map(({ data }) => data.length))
  const vector =
    sameLength && first.data.length <= MOST_NUMBERS
      ? listed(
          versions.map(({ data }) => Array.from(data as Float32Array, Number)),
          first.dtype,
          known,
          writer,
        )
      : progressing(
          versions.map(({ data }) => data),
          first.dtype,
          known,
          writer,
        )
  if (vector === undefined) return undefined
  const growing = first.shape.flatMap((_, axis) =>
    isConstant(versions.map(({ shape }) => shape[axis]!)) ? [] : [axis],
  )
  if (growing.length > 1) return undefined
  const shape = first.shape.map((length, axis) => (axis === growing[0] ? -1 : length))
  return () => (shape.length === 1 ? vector() : writer.node('Reshape', [vector(), writer.constant(shape)]))
}

function cast(value: string, dtype: NDArray['dtype'], writer: LengthWriter): string {
  return dtype === 'int64' ? value : writer.node('Cast', [value], { to: attribute.int(dataTypeOf(dtype)) })
}

/** Every number by itself. */
function listed(
  versions: readonly (readonly number[])[],
  dtype: NDArray['dtype'],
  known: KnownLengths,
  writer: LengthWriter,
): Emit | undefined {
  const isFloat = dtype === 'float32'
  const parts = versions[0]!.map((_, index) => {
    const numbers = versions.map((version) => version[index]!)
    const integer = known.integer(numbers)
    if (!isFloat || (integer && !isConstant(numbers))) return integer && (() => cast(integer(), dtype, writer))
    return known.float(numbers)
  })
  if (!parts.every((part) => part !== undefined)) return undefined
  return () => {
    const names = parts.map((part) => part())
    return names.length === 1 ? names[0]! : writer.node('Concat', names, { axis: attribute.int(0) })
  }
}

/** Places along an axis: runs whose lengths and beginnings are found. Constants may be longer than any list can be. */
function progressing(
  versions: readonly NDArray['data'][],
  dtype: NDArray['dtype'],
  known: KnownLengths,
  writer: LengthWriter,
): Emit | undefined {
  const runs = versions.map(runsOf)
  const [first] = runs as [Run[]]
  if (!runs.flat().every(({ start, step }) => Number.isInteger(start) && Number.isInteger(step))) return undefined
  if (first.length > MOST_RUNS || runs.some(({ length }) => length !== first.length)) return undefined
  const parts = first.map(({ step }, index) => {
    const own = runs.map((version) => version[index]!)
    const start = known.integer(own.map((run) => run.start))
    const length = known.integer(own.map((run) => run.length))
    if (start === undefined || length === undefined || !own.every((run) => run.step === step)) return undefined
    return (): string => {
      const scalar = (value: string) => writer.node('Reshape', [value, writer.constant([])])
      const count = writer.node('Range', [scalar(writer.constant([0])), scalar(length()), scalar(writer.constant([1]))])
      const scaled = step === 1 ? count : writer.node('Mul', [count, writer.constant([step])])
      return writer.node('Add', [scaled, start()])
    }
  })
  if (!parts.every((part) => part !== undefined)) return undefined
  return () => {
    const names = parts.map((part) => part())
    const places = names.length === 1 ? names[0]! : writer.node('Concat', names, { axis: attribute.int(0) })
    return cast(places, dtype, writer)
  }
}

function runsOf(numbers: NDArray['data']): Run[] {
  const runs: Run[] = []
  const at = (index: number) => Number(numbers[index])
  for (let first = 0; first < numbers.length; ) {
    const step = first + 1 < numbers.length ? at(first + 1) - at(first) : 1
    let next = first + 1
    while (next < numbers.length && at(next) - at(next - 1) === step) next++
    runs.push({ start: at(first), step, length: next - first })
    if (runs.length > MOST_RUNS) break
    first = next
  }
  return runs
}
