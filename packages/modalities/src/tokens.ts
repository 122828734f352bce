import {
  ConfigurationError,
  DataError,
  type Field,
  type NDArray,
  numbersToArray,
  type Port,
  sizeOfShape,
  suggestion,
} from '@gantry/core'
import { closedShape, givenOrDrawn } from './given-rows.ts'
import { countOf, findOutOfRange } from './indices.ts'
import type { Modality, Shown } from './modality.ts'
import { textLines, textOfOne } from './text-lines.ts'

/**
 * Words or characters by their place among the field's names. All texts have one length: where the first name is empty, it fills
 * what a shorter text leaves, and is not shown.
 */
export const tokens: Modality = {
  name: 'tokens',
  control: 'text',
  takesData: true,
  supply(port, request) {
    const example =
      wordsOf(port)
        .slice(0, 2)
        .join(port.names && separatorOf(port)) || '3,1,2'
    const values = givenOrDrawn(port, request, `'${example}'`)
    checkTokens(`The input '${request.name}'`, port, values)
    return values
  },
  parse: async (field, text) => parseTokens(field, text),
  shownAs: 'txt',
  show: async (parts) => textLines(parts, write),
  showOne: async (parts, index) => textOfOne(parts, index, write),
  check: checkTokens,
}

/** The names that stand for something. */
function wordsOf({ names = [] }: Pick<Field, 'names'>): readonly string[] {
  return names.filter((name) => name !== '')
}

/** Between two tokens: nothing where each is a character. */
function separatorOf(field: Pick<Field, 'names'>): '' | ' ' {
  return wordsOf(field).every((word) => [...word].length === 1) ? '' : ' '
}

/** @throws ConfigurationError `TOKEN_UNKNOWN`, `TEXT_LENGTH` */
function parseTokens(field: Field | Port, text: string) {
  const { names = [], dtype } = field
  const shape = closedShape(field, field.modality)
  const length = sizeOfShape(shape)
  const words = separatorOf(field) === '' ? [...text] : text.split(/\s+/).filter((word) => word !== '')
  const indices = words.map((word) => indexOf(field, word))
  const canFill = names[0] === ''
  if (indices.length > length || (indices.length < length && !canFill)) {
    throw new ConfigurationError({
      code: 'TEXT_LENGTH',
      message: `A text of this field has ${canFill ? 'at most ' : ''}${length} tokens, but '${text}' has ${indices.length}.`,
    })
  }
  return numbersToArray(dtype, [1, ...shape], [...indices, ...new Array(length - indices.length).fill(0)])
}

function indexOf(field: Field | Port, word: string): number {
  const { names = [] } = field
  const exact = names.indexOf(word)
  const index = exact === -1 ? names.findIndex((name) => name.toLowerCase() === word.toLowerCase()) : exact
  if (index !== -1) return index
  throw new ConfigurationError({
    code: 'TOKEN_UNKNOWN',
    message: `The word '${word}' is not among the ${wordsOf(field).length} that there are.`,
    fix: suggestion(word, wordsOf(field)),
  })
}

/** @throws DataError `TOKEN_OUT_OF_RANGE` for what would become a row of zeros in a graph, and be trained with */
function checkTokens(owner: string, field: Field | Port, values: NDArray): void {
  const place = findOutOfRange(field, values)
  if (place === -1) return
  const known = countOf(field)
  const sample = Math.floor(place / (values.data.length / values.shape[0]!))
  throw new DataError({
    code: 'TOKEN_OUT_OF_RANGE',
    message: `${owner}: sample ${sample} of the batch has the token ${values.data[place]}, but ${known === undefined ? 'tokens count from 0' : `there are ${known}, 0 to ${known - 1}`}.`,
    fix: 'Check the data set: its tokens must be indices into the names of the field.',
  })
}

function write(numbers: readonly number[], { field }: Shown): string {
  const words = numbers.map((index) => field.names?.[index] ?? String(index))
  return words.filter((word) => word !== '').join(field.names ? separatorOf(field) : ' ')
}
