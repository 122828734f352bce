import type { Phase } from '@gantry/core'

type Times = Pick<Phase<unknown>, 'every' | 'offset'>

/** Whether a phase runs at this step, counted from 0. */
export const isDue = ({ every, offset = 0 }: Times, step: number): boolean => step % every === offset

/** Steps after which all phases come again as they came: any so many in a row take the same time. */
export function cycleOf(phases: readonly Times[]): number {
  return phases.reduce((cycle, { every }) => (cycle * every) / greatestCommonDivisor(cycle, every), 1)
}

/** Means of as many values in a row as make a cycle; what is left over makes none. */
export function meansOfCycles(values: readonly number[], cycle: number): number[] {
  return Array.from({ length: Math.floor(values.length / cycle) }, (_, index) => {
    const own = values.slice(index * cycle, (index + 1) * cycle)
    return own.reduce((sum, value) => sum + value, 0) / cycle
  })
}

function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestCommonDivisor(right, left % right)
}
