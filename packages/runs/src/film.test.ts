import sharp from 'sharp'
import { expect, it } from 'vitest'
import { filmFormat, filmOf } from './film.ts'

const grey = (value: number) =>
  sharp(new Uint8Array(16 * 16).fill(value), { raw: { width: 16, height: 16, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toBuffer()

it.each(['webp', 'gif'] as const)('keeps grey pictures opaque in a film of %s', async (format) => {
  const film = await filmOf(await Promise.all([grey(20), grey(200)]), { milliseconds: 40, format })
  const { pages, loop, delay } = await sharp(film, { animated: true }).metadata()
  expect({ pages, loop, delay }).toEqual({ pages: 2, loop: 0, delay: [40, 40] })
  const pixels = await sharp(film, { animated: true }).ensureAlpha().raw().toBuffer()
  const [dark, light] = [pixels.subarray(0, 4), pixels.subarray(-4)]
  for (const [pixel, value] of [[dark, 20] as const, [light, 200] as const]) {
    for (const channel of [0, 1, 2]) expect(Math.abs(pixel[channel]! - value)).toBeLessThan(4)
    expect(pixel[3]).toBe(255)
  }
})

it('has the format of its name', () => {
  expect(filmFormat('faces/Film.WEBP')).toBe('webp')
  expect(() => filmFormat('film.png')).toThrow(expect.objectContaining({ code: 'OUT_INVALID' }))
})
