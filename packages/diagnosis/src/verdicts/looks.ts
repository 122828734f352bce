import type { Look, Readings } from '../readings/readings.ts'

/** The newest readings. */
export const newest = (looks: readonly Look[]): Readings => looks.at(-1)?.readings ?? {}

/** A reading as it was at every look that has it, the newest last. */
export function series(looks: readonly Look[], name: string): number[] {
  return looks.flatMap(({ readings }) => (readings[name] === undefined ? [] : [readings[name]]))
}

/** The middle one of the numbers, or of the two in the middle the greater. */
export function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)]!
}

/** Readings by these names; undefined where one is missing. */
export function pick<Name extends string>(readings: Readings, ...names: Name[]): Record<Name, number> | undefined {
  if (names.some((name) => readings[name] === undefined)) return undefined
  return Object.fromEntries(names.map((name) => [name, readings[name]])) as Record<Name, number>
}

/** A share as people read it: `12%`. */
export const percent = (share: number, digits = 0) => `${(100 * share).toFixed(digits)}%`
