import { expect, it } from 'vitest'
import { timeByOperator } from './profile-events.ts'

const run = (ts: number) => ({ cat: 'Session', name: 'model_run', ts, dur: 100 })
const node = (op_name: string, ts: number, dur: number, name = 'n_kernel_time') => ({
  cat: 'Node',
  name,
  ts,
  dur,
  args: { op_name },
})

it('averages the runs after the first', () => {
  const events = [
    run(0),
    node('Conv', 10, 9000),
    run(200),
    node('Conv', 210, 2000),
    node('Conv', 220, 1000),
    node('Add', 230, 500),
    node('Add', 230, 500, 'n_fence_before'),
    run(400),
    node('Conv', 410, 4000),
    node('Conv', 420, 1000),
    node('Add', 430, 1500),
  ]
  expect([...timeByOperator(events)]).toEqual([
    ['Conv', { milliseconds: 4, nodes: 2 }],
    ['Add', { milliseconds: 1, nodes: 1 }],
  ])
})
