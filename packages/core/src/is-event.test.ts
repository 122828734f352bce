import { expect, it } from 'vitest'
import { isEvent } from './events.ts'

it('knows events by what they must have, whatever else stands in a log', () => {
  expect(isEvent({ type: 'health', step: 5, readings: {} })).toBe(true)
  expect(isEvent({ type: 'step', step: 5, steps: 9, scalars: {}, secondsElapsed: 1, imagesPerSecond: 3 })).toBe(true)
  for (const odd of [null, [], 3, 'text', {}, { type: 'weird', step: 1 }, { type: 'end', step: 1 }]) {
    expect(isEvent(odd)).toBe(false)
  }
  for (const half of [
    { type: 'health', step: 5 },
    { type: 'health', step: 5, readings: null },
    { type: 'step', step: 61 },
    { type: 'score', step: 2 },
    { type: 'verdict', step: 'x' },
    { type: 'verdict', step: 61, verdict: 'nonsense', holds: true, message: 'boo' },
    { type: '__proto__', step: 1 },
    { type: 'constructor', step: 1 },
  ]) {
    expect(isEvent(half), JSON.stringify(half)).toBe(false)
  }
})
