import sharp, { type Sharp } from 'sharp'
import { describe, expect, it } from 'vitest'
import { greyOf, readPixels } from './read-pixels.ts'

/** What Pillow 11's `convert('L')` gives. */
const PILLOW = [
  [[255, 0, 0], 76],
  [[0, 255, 0], 150],
  [[0, 0, 255], 29],
  [[10, 200, 30], 124],
  [[255, 255, 255], 255],
  [[1, 1, 1], 1],
  [[123, 45, 67], 71],
] as const

const flat = ([r, g, b]: readonly number[]) =>
  sharp({ create: { width: 9, height: 9, channels: 3, background: { r: r!, g: g!, b: b! } } })

const greys = async (image: Sharp) => {
  const bytes = await image.toBuffer()
  return new Set(await readPixels(bytes, { width: 4, height: 4, channels: 1 }))
}

describe('grey', () => {
  it.each(PILLOW)('of %j is that of Pillow', async (colour, grey) => {
    expect([...greyOf(Uint8Array.from(colour))]).toEqual([grey])
    expect(await greys(flat(colour).png())).toEqual(new Set([grey]))
    expect(await greys(flat(colour).webp({ lossless: true }))).toEqual(new Set([grey]))
  })

  it('is the same of 16 bits, of palettes, and of what is opaque by its alpha', async () => {
    for (const [colour, grey] of PILLOW) {
      // 16 bits are cut to 8, and a palette is of colours near those of the picture.
      for (const near of [flat(colour).toColourspace('rgb16').png(), flat(colour).png({ palette: true })]) {
        for (const value of await greys(near)) expect(Math.abs(value - grey)).toBeLessThanOrEqual(1)
      }
      expect(await greys(flat(colour).ensureAlpha().png())).toEqual(new Set([grey]))
    }
  })

  it('of grey is what it is, for every value', async () => {
    const all = Uint8Array.from({ length: 4 * 256 }, (_, index) => index % 256)
    const ramp = sharp(all, { raw: { width: 256, height: 4, channels: 1 } })
    const pixels = await readPixels(await ramp.png().toBuffer(), { width: 256, height: 4, channels: 1 })
    expect([...pixels]).toEqual([...all])
  })

  it('of what is half transparent is that of its colour on white', async () => {
    const half = sharp({ create: { width: 8, height: 8, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0.5 } } })
    const [value] = [...(await greys(half.png()))]
    expect(Math.abs(value! - (76 + 255) / 2)).toBeLessThanOrEqual(1)
  })
})
