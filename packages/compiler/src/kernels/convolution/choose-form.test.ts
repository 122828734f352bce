import { expect, it } from 'vitest'
import type { Window } from '../window.ts'
import { candidateForms } from './choose-form.ts'

const padded = (side: number) => ({
  input: side,
  output: side,
  filter: 3,
  reach: 3,
  stride: 1,
  dilation: 1,
  before: 1,
  after: 1,
})

function cheapest(batch: number, side: number, channels: number): string {
  const shape = [batch, side, side, channels]
  const window = { batch, inChannels: channels, outChannels: channels, inShape: shape, outShape: shape, same: true }
  const candidates = candidateForms({ ...window, axes: [padded(side), padded(side)] } satisfies Window)
  return candidates.reduce((best, own) => (own.cost < best.cost ? own : best)).name
}

// Measured with one thread: a convolution of 64 pixels and 16 channels with both its gradients takes 50 ms directly, 42 transformed.
it('leaves images that a cache does not hold where they lie, and moves small ones', () => {
  expect(cheapest(32, 64, 16)).toBe('toom-cook 6')
  expect(cheapest(16, 64, 16)).toBe('toom-cook 6')
  expect(cheapest(2, 8, 2)).toBe('direct')
})

it('makes no patches that are larger than all else', () => {
  expect(cheapest(2, 256, 16)).toBe('input patches')
  expect(cheapest(2, 512, 64)).toBe('direct')
})
