import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'

interface Photographs {
  readonly folder: string
  readonly count: number
  readonly side: number
  readonly format: 'png' | 'jpeg'
}

/** Side of the coarse noise that a picture is enlarged from. */
const COARSE = 12
const CHANNELS = 3

/** Writes pictures that compress as photographs do: large smooth shapes, and the noise of a sensor. */
export async function writePhotographs({ folder, count, side, format }: Photographs): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (let index = 0; index < count; index++) {
    const shapes = noise(COARSE * COARSE * CHANNELS, index, 0, 255)
    const smooth = await sharp(shapes, { raw: { width: COARSE, height: COARSE, channels: CHANNELS } })
      .resize(side, side, { kernel: 'cubic' })
      .raw()
      .toBuffer()
    const grain = noise(smooth.length, index + 1, -6, 6)
    const pixels = Buffer.from(
      smooth.map((value, at) => Math.min(255, Math.max(0, value + ((grain[at]! << 24) >> 24)))),
    )
    await sharp(pixels, { raw: { width: side, height: side, channels: CHANNELS } })
      .toFormat(format, format === 'jpeg' ? { quality: 90 } : {})
      .toFile(join(folder, `${String(index).padStart(5, '0')}.${format === 'jpeg' ? 'jpg' : 'png'}`))
  }
}

/** Uniform bytes from `low` to `high` by a linear congruential generator: fast, and the same in every run. */
function noise(length: number, seed: number, low: number, high: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let state = (seed * 2654435761 + 12345) >>> 0
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes[at] = low + ((high - low) * (state >>> 8)) / 2 ** 24
  }
  return bytes
}
