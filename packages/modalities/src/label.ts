import {
  ConfigurationError,
  counted,
  DataError,
  type Field,
  type NDArray,
  numbersToArray,
  type Port,
  sizeOfShape,
  suggestion,
} from '@gantry/core'
import { closedShape, givenRows } from './given-rows.ts'
import { countOf, findOutOfRange } from './indices.ts'
import type { InputRequest, Modality, Shown } from './modality.ts'
import { textLines, textOfOne } from './text-lines.ts'

/** Names that messages tell. */
const NAMED = 12

/** Classes by number: every one in turn where nobody asks for one. */
export const label: Modality = {
  name: 'label',
  control: 'choice',
  supply(port, request) {
    const asked = givenRows(port, request, request.asked)
    if (asked !== undefined) checkLabels(`The input '${request.name}'`, port, asked)
    return asked ?? inTurn(port, request)
  },
  parse: async (field, text) => {
    const index = indexOf(field, text)
    const shape = closedShape(field, field.modality)
    return numbersToArray(field.dtype, [1, ...shape], new Array(sizeOfShape(shape)).fill(index))
  },
  shownAs: 'txt',
  show: async (parts) => textLines(parts, write),
  showOne: async (parts, index) => textOfOne(parts, index, write),
  check: checkLabels,
}

function inTurn(port: Port, { name, from, count }: InputRequest): NDArray {
  const classes = countOf(port)
  if (classes === undefined) {
    throw new ConfigurationError({
      code: 'INPUT_MISSING',
      message: `The input '${name}' is a label, and nothing tells how many classes there are.`,
      fix: `Give it: --input ${name}=0. Or name the classes in its port: { "names": ["cat", "dog"] }.`,
    })
  }
  const shape = closedShape(port, name)
  const size = sizeOfShape(shape)
  const labels = Array.from({ length: count * size }, (_, index) => (from + Math.floor(index / size)) % classes)
  return numbersToArray(port.dtype, [count, ...shape], labels)
}

function indexOf(field: Field | Port, text: string): number {
  const { names = [] } = field
  const classes = countOf(field)
  const indexIn = (digits: string) => {
    const number = /^\d+$/.test(digits) ? Number(digits) : Number.NaN
    return number < (classes ?? Number.POSITIVE_INFINITY) ? number : -1
  }
  const [named, numbered] = [names.indexOf(text), indexIn(text)]
  if (named !== -1 && numbered !== -1 && named !== numbered) throw ambiguous(text, named, names[numbered]!)
  // Where all names are numbers, a number is meant as a name: nobody who asks for 1 of the classes 0, 10 and 2 means 10.
  const isOther = named === -1 && numbered !== -1 && names.length > 0 && names.every((name) => /^-?\d+$/.test(name))
  if (isOther) throw notNamed(text, names)
  if (named !== -1 || numbered !== -1) return Math.max(named, numbered)
  const [, way, rest = ''] = /^(name|index):(.*)$/s.exec(text) ?? []
  const asked = way === undefined ? -1 : way === 'name' ? names.indexOf(rest) : indexIn(rest)
  if (asked !== -1) return asked
  throw new ConfigurationError({
    code: 'LABEL_UNKNOWN',
    message: `There is no label '${text}'${classes === undefined ? '' : ` among the ${classes} that there are`}.`,
    fix:
      names.length > 0
        ? suggestion(way === 'name' ? rest : text, names)
        : `Use a number from 0${classes ? ` to ${classes - 1}` : ' on'}.`,
  })
}

function ambiguous(text: string, named: number, other: string): ConfigurationError {
  return new ConfigurationError({
    code: 'LABEL_AMBIGUOUS',
    message: `The label '${text}' is the name of class ${named}, and the number of the class '${other}'.`,
    fix: `Say which: name:${text} or index:${text}.`,
  })
}

function notNamed(text: string, names: readonly string[]): ConfigurationError {
  const shown = names.length > NAMED ? [...names.slice(0, NAMED), '…'] : names
  return new ConfigurationError({
    code: 'LABEL_UNKNOWN',
    message: `No class is called '${text}': they are ${shown.join(', ')}.`,
    fix: `Name one of them, or ask for class number ${text}, which is '${names[Number(text)]}', with index:${text}.`,
  })
}

/**
 * Checks labels before an engine sees them: in a graph a label that no class has would become a row of zeros, and training would
 * go on with it.
 *
 * @throws DataError `LABEL_COUNT_MISMATCH`, `LABEL_OUT_OF_RANGE`
 */
function checkLabels(owner: string, field: Field | Port, values: NDArray, count = values.shape[0]): void {
  const { shape, data } = values
  if (shape.length !== 1 + field.shape.length || shape[0] !== count) {
    throw new DataError({
      code: 'LABEL_COUNT_MISMATCH',
      message: `${owner}: the batch has ${counted(count ?? 0, 'sample')}, but its labels have shape [${shape}].`,
      fix: 'Give every sample exactly one label.',
    })
  }
  const place = findOutOfRange(field, values)
  if (place === -1) return
  const classes = countOf(field)
  const known =
    classes === undefined
      ? 'labels count from 0'
      : `there are ${counted(classes, 'class', 'classes')}, 0 to ${classes - 1}`
  throw new DataError({
    code: 'LABEL_OUT_OF_RANGE',
    message: `${owner}: sample ${place} of the batch has the label ${data[place]}, but ${known}.`,
    fix: 'Check the data set: its labels must be indices into the names of its classes.',
  })
}

function write(numbers: readonly number[], { field }: Shown): string {
  return numbers.map((index) => field.names?.[index] ?? String(index)).join(' ')
}
