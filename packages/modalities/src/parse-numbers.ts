import {
  ConfigurationError,
  type Field,
  type NDArray,
  numbersToArray,
  type Port,
  parseNumber,
  sizeOfShape,
} from '@gantry/core'
import { closedShape } from './given-rows.ts'

/**
 * Numbers as people write them: `0.7`, or `0.5,-1` for elements of two.
 *
 * @returns one element, [1, ...shape]
 * @throws ConfigurationError `INPUT_INVALID` for what are no such numbers, or not as many as an element has
 */
export function parseNumbers(field: Field | Port, text: string): NDArray {
  const shape = closedShape(field, field.modality)
  const words = text.split(',').map((word) => word.trim())
  const numbers = words.map((word) => parseNumber(word) ?? Number.NaN)
  const whole = !field.dtype.startsWith('float')
  const bad = words.find((_, index) => !Number.isFinite(numbers[index]) || (whole && !Number.isInteger(numbers[index])))
  if (bad === undefined && numbers.length === sizeOfShape(shape)) {
    const parsed = numbersToArray(field.dtype, [1, ...shape], numbers)
    // float32 ends at 3.4e38, int32 at 2³¹: beyond it they have another number, or none.
    const held = Array.from(parsed.data as Iterable<number | bigint>, Number)
    if (held.every((value, index) => (whole ? value === numbers[index] : Number.isFinite(value)))) return parsed
  }
  const kind = whole ? 'whole number' : 'number'
  const size = sizeOfShape(shape)
  const wanted = size === 1 ? `a ${kind}` : `${size} ${kind}s with commas between them`
  throw new ConfigurationError({
    code: 'INPUT_INVALID',
    message: `'${text}' is not ${wanted}.`,
  })
}
