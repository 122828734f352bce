import type { Column } from '../columns.ts'

/** What fills the places behind the last word. */
const PADDING = ''

/** Letters and digits, with what stands between them: `medium-dark`, `côte`, `worker’s`, `u.s`. */
const WORD = /[\p{L}\p{N}]+(?:[-'’.][\p{L}\p{N}]+)*/gu

/**
 * The words of names, in small letters, as indices into the sorted words of all of them: as many to a name as the longest one
 * has, index 0 behind its last word.
 */
export function wordColumn(names: readonly string[]): Column {
  const sentences = names.map((name) => name.toLowerCase().match(WORD) ?? [])
  const length = Math.max(1, ...sentences.map((words) => words.length))
  const vocabulary = [PADDING, ...[...new Set(sentences.flat())].sort()]
  const indices = new Map(vocabulary.map((word, index) => [word, index]))
  const data = new Int32Array(names.length * length)
  for (const [sentence, words] of sentences.entries()) {
    for (const [place, word] of words.entries()) data[sentence * length + place] = indices.get(word)!
  }
  return { field: { modality: 'tokens', dtype: 'int32', shape: [length], names: vocabulary }, data }
}
