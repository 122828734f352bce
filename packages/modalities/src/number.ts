import { ConfigurationError, type NDArray, numbersToArray, type Port, sizeOfShape } from '@gantry/core'
import { closedShape, drawnRows, givenRows } from './given-rows.ts'
import type { InputRequest, Modality } from './modality.ts'
import { parseNumbers } from './parse-numbers.ts'
import { textLines, textOfOne } from './text-lines.ts'

/** Numbers that mean themselves: a truncation as an input, a score as an output. */
export const number: Modality = {
  name: 'number',
  control: 'number',
  takesData: true,
  supply(port, request) {
    const given = givenRows(port, request, request.asked ?? request.data)
    if (given !== undefined) checkRange(`The input '${request.name}'`, port, given)
    return given ?? (port.drawn === undefined ? usual(port, request) : drawnRows(port, request))
  },
  async parse(field, text) {
    const values = parseNumbers(field, text)
    const problem = beyondRange(field, values)
    if (problem !== undefined) throw outOfRange(problem)
    return values
  },
  shownAs: 'txt',
  show: async (parts) => textLines(parts, (numbers) => numbers.join(' ')),
  showOne: async (parts, index) => textOfOne(parts, index, (numbers) => numbers.join(' ')),
  check: checkRange,
}

/** Its usual value, else the middle of its range, else 0. */
function usual(port: Port, { name, count }: InputRequest): NDArray {
  const shape = closedShape(port, name)
  const [minimum, maximum] = port.range ?? [0, 0]
  const value = port.otherwise ?? (minimum + maximum) / 2
  const own = port.dtype.startsWith('float') ? value : Math.round(value)
  return numbersToArray(port.dtype, [count, ...shape], new Array(count * sizeOfShape(shape)).fill(own))
}

function checkRange(owner: string, port: Pick<Port, 'range'>, values: NDArray): void {
  const problem = beyondRange(port, values)
  if (problem !== undefined) throw outOfRange(`${owner}: ${problem}`)
}

/** What is wrong with the first number that lies beyond the range. */
function beyondRange({ range }: Pick<Port, 'range'>, { data }: NDArray): string | undefined {
  if (range === undefined) return undefined
  const [minimum, maximum] = range
  const bad = Array.from(data, Number).find((value) => !(value >= minimum && value <= maximum))
  return bad === undefined ? undefined : `${bad} does not lie between ${minimum} and ${maximum}.`
}

function outOfRange(message: string): ConfigurationError {
  return new ConfigurationError({ code: 'INPUT_OUT_OF_RANGE', message })
}
