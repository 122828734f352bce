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

// In a step of StyleGAN2 on two cores, a convolution of 32 images of 64 pixels and 16 channels takes 25 ms transformed and 12 as ONNX's
// own, its images moved there and back; its gradient by the kernel 27 and more than 70.
it('transforms only the gradient by the kernel where channels are few', () => {
  expect(cheapest(32, 64, 16)).toBe('direct, toom-cook 6')
  expect(cheapest(16, 64, 16)).toBe('direct, toom-cook 6')
  expect(cheapest(32, 32, 32)).toMatch(/^toom-cook/)
  expect(cheapest(2, 8, 2)).toBe('direct')
})

it('makes no patches that are larger than all else', () => {
  expect(cheapest(2, 256, 16)).toBe('input patches')
  expect(cheapest(2, 512, 64)).toBe('direct')
})
