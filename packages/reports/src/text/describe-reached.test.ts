import { expect, it } from 'vitest'
import { describeReached } from './describe-reached.ts'

const reached = (step: number, origin?: string) =>
  describeReached({ config: { steps: 100 } as never, origin }, { step, outcome: 'finished' })

it('says how far a run has come, and from where', () => {
  expect(reached(100)).toBe('finished at step 100 of 100')
  expect(reached(0)).toBe('finished at step 0 of 100')
  expect(reached(0, 'theirs.pkl')).toBe('weights of theirs.pkl')
  expect(reached(100, 'theirs.pkl')).toBe('finished at step 100 of 100, from the weights of theirs.pkl on')
})
