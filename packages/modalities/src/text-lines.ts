import { type NDArray, sizeOfShape } from '@gantry/core'
import type { Artefact, Shown } from './modality.ts'

/**
 * Samples as text, one a line; several outputs are columns with a tab between them, under their names.
 *
 * @param write the words of one element
 */
export function textLines(
  parts: Readonly<Record<string, Shown>>,
  write: (numbers: readonly number[], shown: Shown) => string,
): Artefact {
  const columns = Object.values(parts).map((shown) => elementsOf(shown.values).map((numbers) => write(numbers, shown)))
  const rows = columns[0]?.map((_, row) => columns.map((column) => column[row] ?? '').join('\t')) ?? []
  const head = columns.length > 1 ? [Object.keys(parts).join('\t')] : []
  const text = [...head, ...rows].map((line) => `${line}\n`).join('')
  return { extension: 'txt', bytes: new TextEncoder().encode(text) }
}

/** One of the samples as the text that {@link textLines} has of it. */
export function textOfOne(
  parts: Readonly<Record<string, Shown>>,
  index: number,
  write: (numbers: readonly number[], shown: Shown) => string,
): Artefact {
  const lines = Object.values(parts).map((shown) => `${write(elementsOf(shown.values)[index] ?? [], shown)}\n`)
  return { extension: 'txt', bytes: new TextEncoder().encode(lines.join('')) }
}

function elementsOf({ shape: [count = 0, ...element], data }: NDArray): number[][] {
  const size = sizeOfShape(element)
  const numbers = Array.from(data, Number)
  return Array.from({ length: count }, (_, row) => numbers.slice(row * size, (row + 1) * size))
}
