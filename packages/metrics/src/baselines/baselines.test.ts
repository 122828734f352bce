import { ndarray } from '@gantry/core'
import { expect, it } from 'vitest'
import type { ImageBatch } from '../features.ts'
import { resizePilUint8 } from '../resize/resize-pil-uint8.ts'
import { proceduralImages } from '../testing/procedural.ts'
import { baselines, enlargeBicubic } from './baselines.ts'

const answers = (sources: ImageBatch, target: readonly number[]) =>
  Object.fromEntries(
    baselines.flatMap(({ name, answer }) => {
      const own = answer(sources, target)
      return own === undefined ? [] : [[name, own]]
    }),
  )

it('identity is the source, with the channels of the target', () => {
  const colour = ndarray('uint8', [1, 2, 2, 3], Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9))
  expect(answers(colour, [2, 2, 3])).toEqual({ identity: colour })
  // Pillow's convert('L').
  const grey = ndarray('uint8', [1, 2, 2, 1], Uint8Array.of(76, 150, 29, 9))
  expect(answers(colour, [2, 2, 1])).toEqual({ identity: grey })
  expect([...answers(grey, [2, 2, 3]).identity!.data]).toEqual([76, 76, 76, 150, 150, 150, 29, 29, 29, 9, 9, 9])
  expect(answers(colour, [2, 2, 4])).toEqual({})
})

it('bicubic enlarges by whole numbers, as Pillow does', () => {
  const low = proceduralImages({ seed: 5, N: 2, H: 6, W: 4, C: 3, smooth: true })
  expect(answers(low, [24, 16, 3])).toEqual({ bicubic: resizePilUint8(low, [24, 16]) })
  for (const other of [
    [24, 8, 3],
    [9, 6, 3],
    [3, 2, 3],
  ])
    expect(answers(low, other)).toEqual({})
  expect(enlargeBicubic(low, 1)).toEqual(low)
  expect(() => enlargeBicubic(low, 1.5)).toThrow(expect.objectContaining({ code: 'FACTOR_INVALID' }))
})
