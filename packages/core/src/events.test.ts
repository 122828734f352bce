import { expect, it } from 'vitest'
import { EVENTS_VERSION, upgradeEvent } from './events.ts'

it('upgradeEvent reads what version 1 called images', () => {
  const before = { type: 'step', step: 3, scalars: { loss: 1 }, secondsElapsed: 2, imagesPerSecond: 48 }
  expect(upgradeEvent(before)).toEqual({
    type: 'step',
    step: 3,
    scalars: { loss: 1 },
    secondsElapsed: 2,
    samplesPerSecond: 48,
  })
  expect(upgradeEvent({ type: 'start', step: 0, steps: 10 })).toMatchObject({
    eventsVersion: EVENTS_VERSION,
    steps: 10,
  })
})

it.each([
  { type: 'step', step: 3, scalars: {}, secondsElapsed: 2, samplesPerSecond: 48 },
  { type: 'start', eventsVersion: EVENTS_VERSION, step: 0 },
  { type: 'checkpoint', step: 5, path: 'checkpoints/5' },
])('upgradeEvent leaves today’s $type events as they are', (event) => {
  expect(upgradeEvent(event)).toEqual(event)
})
