import { ndarray } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import type { ImageBatch } from '../features.ts'
import golden from '../testing/goldens/perceptual.json' with { type: 'json' }
import { proceduralImages } from '../testing/procedural.ts'
import { expectWithin } from '../testing/within.ts'
import { msSsim } from './ms-ssim.ts'
import { pairwiseMsSsim } from './pairwise-ms-ssim.ts'

const tolerance = { rtol: 1e-9, atol: 1e-12 }

function one(images: ImageBatch, index: number): ImageBatch {
  const [, ...image] = images.shape
  const size = image.reduce((product, length) => product * length, 1)
  return ndarray('uint8', [1, ...image], images.data.slice(index * size, (index + 1) * size))
}

function changed(image: ImageBatch, change: (value: number, index: number) => number): ImageBatch {
  return ndarray('uint8', image.shape, Uint8Array.from(image.data, change))
}

describe.each(golden.msSsim)('MS-SSIM of $height×$width×$channels agrees with scipy', (recorded) => {
  const { height, width, channels } = recorded
  const batch = proceduralImages({ seed: recorded.seed, N: 4, H: height, W: width, C: channels, smooth: true })
  const first = one(batch, 0)
  const second = one(batch, 1)

  it('for pairs', async () => {
    const options = height >= 161 ? ({ smallImages: 'refuse' } as const) : {}
    const left = ndarray('uint8', [2, height, width, channels], Uint8Array.of(...first.data, ...one(batch, 2).data))
    const right = ndarray('uint8', left.shape, Uint8Array.of(...second.data, ...one(batch, 3).data))
    const values = msSsim(left, right, options)
    for (const [index, value] of values.entries()) expectWithin(value, recorded.pairs[index]!, tolerance)
    const { mean, pairs } = await pairwiseMsSsim(batch)
    expect(pairs).toBe(2)
    expectWithin(mean, (recorded.pairs[0]! + recorded.pairs[1]!) / 2, tolerance)
  })

  it('for what was done to one image', () => {
    const row = width * channels
    const noise = changed(first, (value, index) => {
      const rolled = second.data[(index + (height - 3) * row) % (height * row)]!
      return Math.min(255, Math.max(0, value + Math.floor(rolled / 8) - 12))
    })
    expectWithin(msSsim(first, noise)[0]!, recorded.noisy, tolerance, 'noisy')
    const blended = changed(first, (value, index) => Math.floor((value + second.data[index]!) / 2))
    expectWithin(msSsim(first, blended)[0]!, recorded.blended, tolerance, 'blended')
    expect(msSsim(first, first)[0]).toBeCloseTo(1, 12)
    expect(
      msSsim(
        first,
        changed(first, (value) => 255 - value),
      )[0],
    ).toBe(recorded.inverted)
  })
})

it('agrees with ProGAN’s own code, which computes in float32', () => {
  // tkarras/progressive_growing_of_gans@1c5876cb metrics/ms_ssim.py, run on the same images with numpy 1.24.2.
  const batch = proceduralImages({ seed: 12, N: 4, H: 64, W: 64, C: 3, smooth: true })
  const reference = { rtol: 1e-5, atol: 0 }
  expectWithin(msSsim(one(batch, 0), one(batch, 1))[0]!, 0.29553141177260256, reference)
  expectWithin(msSsim(one(batch, 2), one(batch, 3))[0]!, 0.26591495942616494, reference)
})

describe('MS-SSIM refuses', () => {
  const small = ndarray('uint8', [1, 160, 200, 1])
  it('images that the published definition does not cover, if asked to', () => {
    expect(() => msSsim(small, small, { smallImages: 'refuse' })).toThrow(
      expect.objectContaining({ code: 'IMAGES_UNSUITABLE', message: expect.stringContaining('160×200') }),
    )
    const enough = ndarray('uint8', [1, 161, 200, 1])
    expect(msSsim(enough, enough, { smallImages: 'refuse' })[0]).toBe(1)
  })

  it('batches of different shapes, and pairs of one', async () => {
    expect(() => msSsim(small, ndarray('uint8', [1, 160, 200, 3]))).toThrow(
      expect.objectContaining({ code: 'IMAGES_DIFFER' }),
    )
    await expect(pairwiseMsSsim(small)).rejects.toMatchObject({ code: 'IMAGES_UNSUITABLE' })
  })
})

it('says how far it is, and stops', async () => {
  const images = ndarray('uint8', [8, 32, 32, 1])
  const seen: number[] = []
  await pairwiseMsSsim(images, { progress: (done) => seen.push(done) })
  expect(seen).toEqual([1, 2, 3, 4])
  const controller = new AbortController()
  const progress = () => controller.abort(new Error('enough'))
  await expect(pairwiseMsSsim(images, { progress, signal: controller.signal })).rejects.toThrow('enough')
})
