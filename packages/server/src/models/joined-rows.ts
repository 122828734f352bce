import { joinRows, type NDArray, rowsOf } from '@gantry/core'
import type { Arrays } from './batch-queue.ts'

/** What arrays have in common that can be joined: all lengths but the first. */
export function keyOf(inputs: Arrays): string {
  let key = ''
  for (const name in inputs) key += `${inputs[name]!.shape.slice(1).join()};`
  return key
}

/** Rows of several arrays, in order; one alone as it is. */
export function joined(parts: readonly Arrays[]): Arrays {
  if (parts.length === 1) return parts[0]!
  return Object.fromEntries(Object.keys(parts[0]!).map((name) => [name, joinRows(parts.map((part) => part[name]!))]))
}

/** Rows of every array: views. */
export function partOf(arrays: Arrays, from: number, rows: number): Arrays {
  // Of every request: lists of entries would be half of what it costs.
  const parts: Record<string, NDArray> = Object.create(null)
  for (const name in arrays) parts[name] = rowsOf(arrays[name]!, from, rows)
  return parts
}
