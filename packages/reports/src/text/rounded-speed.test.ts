import { expect, it } from 'vitest'
import { roundedSpeed } from './rounded-speed.ts'

it.each([
  [0, 0],
  [0.1554, 0.16],
  [1.004, 1],
  [3.14, 3.1],
  [10.4, 10],
  [156.7, 157],
])('tells %f samples a second as %f', (speed, told) => {
  expect(roundedSpeed(speed)).toBe(told)
})
