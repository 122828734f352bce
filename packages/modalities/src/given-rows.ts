import {
  ConfigurationError,
  type DType,
  describeSpec,
  lengthOf,
  type NamedLengths,
  type NDArray,
  ndarray,
  numbersToArray,
  type Port,
  ShapeError,
  sizeOfShape,
} from '@gantry/core'
import { drawRows } from './draw-rows.ts'
import type { InputRequest } from './modality.ts'

/**
 * The values that somebody gives for an input, one a sample, in its dtype.
 *
 * @param given [1 or count, ...shape], or nothing
 * @throws ShapeError `INPUT_MISMATCH`, naming both sides
 */
export function givenRows(port: Port, { name, count }: InputRequest, given: NDArray | undefined): NDArray | undefined {
  if (given === undefined) return undefined
  const [rows, ...element] = given.shape
  const fits =
    element.length === port.shape.length &&
    port.shape.every((length, axis) => typeof length === 'string' || length === element[axis])
  if (!fits || (rows !== 1 && rows !== count)) {
    const wanted = [count === 1 ? '1' : `1 or ${count}`, ...port.shape]
    throw new ShapeError({
      code: 'INPUT_MISMATCH',
      message: `The input '${name}' takes ${port.dtype}[${wanted.join(',')}] but got ${describeSpec(given)}.`,
    })
  }
  const converted = convert(name, given, port.dtype)
  return rows === count ? converted : repeated(converted, count)
}

/** What an input draws where nobody gives it; a standard normal unless it says otherwise. */
export function drawnRows(port: Port, request: InputRequest): NDArray {
  const { name } = request
  const { dtype, drawn: distribution = 'normal' } = port
  return drawRows({ name, dtype, distribution, shape: closedShape(port, name, request.lengths) }, request)
}

/**
 * What is asked for, else the data, else what is drawn.
 *
 * @param example of what the user may write, for the message
 * @throws ConfigurationError `INPUT_MISSING` where there is none of these
 */
export function givenOrDrawn(port: Port, request: InputRequest, example: string): NDArray {
  const { name } = request
  const given = givenRows(port, request, request.asked ?? request.data)
  if (given !== undefined) return given
  if (port.drawn !== undefined) return drawnRows(port, request)
  const data = port.field === undefined ? '' : `, and the field '${port.field}' of the data is not at hand`
  throw new ConfigurationError({
    code: 'INPUT_MISSING',
    message: `Nobody gives the input '${name}'${data}.`,
    fix: `Give it: --input ${name}=${example}.`,
  })
}

/**
 * The shape of one element.
 *
 * @param lengths that are known, by name
 * @throws ConfigurationError `INPUT_OPEN` where lengths of it are open: nobody but the user knows them
 */
export function closedShape({ shape }: Pick<Port, 'shape'>, name: string, lengths: NamedLengths = {}): number[] {
  const closed = shape.map((length) => lengthOf(length, lengths))
  if (closed.every((length) => length !== undefined)) return closed
  const open = shape.filter((_, axis) => closed[axis] === undefined)
  throw new ConfigurationError({
    code: 'INPUT_OPEN',
    message: `'${name}' has the shape [${shape.join(', ')}], and nothing tells how long ${open.join(' and ')} is.`,
    fix: 'Give the whole array, or write the lengths into its port.',
  })
}

function convert(name: string, array: NDArray, dtype: DType): NDArray {
  if (array.dtype === dtype) return array
  const numbers = Array.from(array.data, Number)
  const fraction = dtype.startsWith('float') ? undefined : numbers.find((value) => !Number.isInteger(value))
  if (fraction === undefined) return numbersToArray(dtype, array.shape, numbers)
  throw new ShapeError({
    code: 'INPUT_MISMATCH',
    message: `The input '${name}' takes whole numbers (${dtype}) but got ${fraction} (${array.dtype}).`,
  })
}

function repeated({ dtype, shape: [, ...element], data }: NDArray, count: number): NDArray {
  const rows = ndarray(dtype, [count, ...element])
  const size = sizeOfShape(element)
  for (let row = 0; row < count; row++) rows.data.set(data as never, row * size)
  return rows
}
