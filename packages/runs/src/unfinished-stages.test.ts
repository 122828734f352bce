import { expect, it } from 'vitest'
import { describeReached, describeUnreached } from './unfinished-stages.ts'

const stages = [{ name: '4x4', steps: 1000 }, { name: '8x8-fade-in', steps: 500 }, { name: '8x8' }]

it('says where a run ends that does not reach its last stage', () => {
  expect(describeUnreached(stages, 1501)).toBeUndefined()
  expect(describeUnreached(stages, 1500)).toBe(
    'with 1,500 steps the run ends in its stage 8x8-fade-in: its last, 8x8, begins after step 1,500',
  )
  expect(describeUnreached(stages, 1000)).toContain('in its stage 4x4')
  expect(describeUnreached([{ name: '' }], 10)).toBeUndefined()
})

it('says which model a run has that is not in its last stage', () => {
  expect(describeReached(stages, '4x4')).toBe(
    'the run is in its stage 4x4, and its last is 8x8: what is exported is the model of 4x4',
  )
  expect(describeReached(stages, '8x8')).toBeUndefined()
  expect(describeReached([{ name: '' }], undefined)).toBeUndefined()
})
