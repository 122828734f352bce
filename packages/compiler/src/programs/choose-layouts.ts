import type { Permutation } from '../recording/layout.ts'
import type { StateLayouts } from '../recording/recording.ts'
import type { RecordedProgram } from './record-program.ts'

/** The order of axes in which the programs most often wanted each variable. */
export function chooseLayouts(programs: readonly Pick<RecordedProgram, 'wishes'>[]): StateLayouts {
  const votes = new Map<string, Map<string, number>>()
  for (const { wishes } of programs) {
    for (const [state, wanted] of wishes) {
      const own = votes.get(state) ?? new Map<string, number>()
      for (const [order, count] of wanted) own.set(order, (own.get(order) ?? 0) + count)
      votes.set(state, own)
    }
  }
  const layouts: Record<string, Permutation> = {}
  for (const [state, wanted] of votes) {
    const [order] = [...wanted].reduce((best, entry) => (entry[1] > best[1] ? entry : best))
    layouts[state] = order.split(',').map(Number)
  }
  return layouts
}
