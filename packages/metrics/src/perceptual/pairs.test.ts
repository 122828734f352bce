import { ndarray, rowsOf } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import type { ImageBatch } from '../features.ts'
import golden from '../testing/goldens/pairs.json' with { type: 'json' }
import { proceduralImages } from '../testing/procedural.ts'
import { expectWithin } from '../testing/within.ts'
import { meanAbsoluteError, peakSignalToNoise } from './pixel-distances.ts'
import { structuralSimilarity } from './ssim.ts'

const tolerance = { rtol: 1e-10, atol: 1e-12 }

const changed = (image: ImageBatch, change: (value: number, index: number) => number): ImageBatch =>
  ndarray('uint8', image.shape, Uint8Array.from(image.data, change))

describe.each(golden.pairs)('pairs of $height×$width×$channels', ({ seed, height, width, channels, ...recorded }) => {
  const batch = proceduralImages({ seed, N: 2, H: height, W: width, C: channels, smooth: true })
  const [first, second] = [rowsOf(batch, 0, 1), rowsOf(batch, 1, 1)]
  const others = {
    different: second,
    blended: changed(first, (value, index) => Math.floor((3 * value + second.data[index]!) / 4)),
    inverted: changed(first, (value) => 255 - value),
  }

  it.each(Object.entries(others))('agree with scikit-image: %s', (name, other) => {
    const { psnr, ssim, ssimUniform, l1 } = recorded[name as keyof typeof others]
    expectWithin(peakSignalToNoise(first, other)[0]!, psnr, tolerance, 'psnr')
    expectWithin(structuralSimilarity(first, other)[0]!, ssim, tolerance, 'ssim')
    expectWithin(structuralSimilarity(first, other, { window: 'uniform' })[0]!, ssimUniform, tolerance, 'uniform')
    expectWithin(meanAbsoluteError(first, other)[0]!, l1, tolerance, 'l1')
  })

  it('are compared each for itself, and in either order', () => {
    const turned = ndarray('uint8', batch.shape, Uint8Array.of(...second.data, ...first.data))
    for (const measure of [peakSignalToNoise, structuralSimilarity, meanAbsoluteError]) {
      const [there, back] = measure(batch, turned)
      expect([there, back]).toEqual([measure(first, second)[0], measure(second, first)[0]])
      expect(there).toBeCloseTo(back!, 12)
    }
  })
})

describe('closed forms', () => {
  const flat = (value: number, size = 16) =>
    ndarray('uint8', [1, size, size, 3], new Uint8Array(size * size * 3).fill(value))

  it('of equal images: no noise, all similarity', () => {
    expect(peakSignalToNoise(flat(7), flat(7))[0]).toBe(Number.POSITIVE_INFINITY)
    expect(meanAbsoluteError(flat(7), flat(7))[0]).toBe(0)
    expect(structuralSimilarity(flat(7), flat(7))[0]).toBeCloseTo(1, 12)
  })

  it('of flat images: distances of their levels, similarity of their means alone', () => {
    const c1 = (0.01 * 255) ** 2
    expect(meanAbsoluteError(flat(0), flat(255))[0]).toBe(1)
    expect(peakSignalToNoise(flat(0), flat(255))[0]).toBe(0)
    expect(peakSignalToNoise(flat(10), flat(15))[0]).toBeCloseTo(20 * Math.log10(51), 12)
    expect(structuralSimilarity(flat(100), flat(50))[0]).toBeCloseTo((2 * 5000 + c1) / (12_500 + c1), 9)
  })
})

it('refuses what cannot be compared', () => {
  const of = (...shape: number[]) => ndarray('uint8', shape, new Uint8Array(shape.reduce((a, b) => a * b)))
  const refusal = (code: string, message: RegExp) =>
    expect.objectContaining({ code, message: expect.stringMatching(message) })
  expect(() => peakSignalToNoise(of(2, 8, 8, 3), of(2, 8, 9, 3))).toThrow(
    refusal('IMAGES_DIFFER', /PSNR compares .* got \[2,8,8,3\] and \[2,8,9,3\]/),
  )
  expect(() => structuralSimilarity(of(1, 10, 12, 1), of(1, 10, 12, 1))).toThrow(
    refusal('IMAGES_UNSUITABLE', /window of 11×11 does not fit into images of 10×12/),
  )
})
