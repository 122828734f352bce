import { expect, it } from 'vitest'
import { cycleOf, isDue, meansOfCycles } from './phase-times.ts'

it('knows when a phase runs, and after how many steps all run as before', () => {
  const phases = [{ every: 1 }, { every: 4, offset: 3 }, { every: 6 }]
  const cycle = cycleOf(phases)
  expect(cycle).toBe(12)
  for (const phase of phases) {
    const due = Array.from({ length: 2 * cycle }, (_, step) => isDue(phase, step))
    expect(due.slice(cycle)).toEqual(due.slice(0, cycle))
    expect(due.slice(0, cycle).filter(Boolean)).toHaveLength(cycle / phase.every)
    expect(due.indexOf(true)).toBe(phase.offset ?? 0)
  }
})

it('averages over cycles, wherever they begin', () => {
  const times = [9, 1, 1, 1, 9, 1, 1, 1, 9]
  expect(meansOfCycles(times, 4)).toEqual([3, 3])
  expect(meansOfCycles(times.slice(2), 4)).toEqual([3])
  expect(meansOfCycles([5, 7], 1)).toEqual([5, 7])
})
