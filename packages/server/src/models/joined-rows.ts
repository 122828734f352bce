import { joinRows, rowsOf } from '@gantry/core'
import type { Arrays } from './batch-queue.ts'

/** What arrays have in common that can be joined: all lengths but the first. */
export function keyOf(inputs: Arrays): string {
  return Object.values(inputs)
    .map(({ shape }) => shape.slice(1).join())
    .join(';')
}

/** Rows of several arrays, in order; one alone as it is. */
export function joined(parts: readonly Arrays[]): Arrays {
  if (parts.length === 1) return parts[0]!
  return Object.fromEntries(Object.keys(parts[0]!).map((name) => [name, joinRows(parts.map((part) => part[name]!))]))
}

/** Rows of every array: views. */
export function partOf(arrays: Arrays, from: number, rows: number): Arrays {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, rowsOf(array, from, rows)]))
}
