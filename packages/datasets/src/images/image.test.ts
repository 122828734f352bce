import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeImage, inspectImage } from './image.ts'
import { tooLarge } from './memory-limit.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-image-'))
})
afterAll(() => rm(root, { recursive: true }))

async function save(name: string, image: Sharp): Promise<string> {
  const path = join(root, name)
  await image.toFile(path)
  return path
}

async function write(name: string, bytes: Uint8Array | string): Promise<string> {
  const path = join(root, name)
  await writeFile(path, bytes)
  return path
}

const flat = (width: number, height: number, background: string | object = 'red', channels: 3 | 4 = 3) =>
  sharp({ create: { width, height, channels, background } })

/** A grey image of these rows. */
function pixels(rows: number[][]): Sharp {
  return sharp(Uint8Array.from(rows.flat()), { raw: { width: rows[0]!.length, height: rows.length, channels: 1 } })
}

const grey = (size: number) => ({ size, channels: 1 }) as const
const colour = (size: number) => ({ size, channels: 3 }) as const
const decoded = async (path: string, format: Parameters<typeof decodeImage>[1]) => [
  ...(await decodeImage(path, format)),
]

describe('decodeImage', () => {
  const upright = [
    [10, 60],
    [110, 160],
  ]

  it('gives the pixels row by row', async () => {
    const path = await save('upright.png', pixels(upright).png())
    expect(await decoded(path, grey(2))).toEqual([10, 60, 110, 160])
    expect(await decoded(path, colour(2))).toEqual([10, 60, 110, 160].flatMap((value) => [value, value, value]))
  })

  // How the stored rows must look so that the EXIF orientation makes them upright (TIFF 6.0, tag 274).
  it.each([
    [1, [10, 60, 110, 160]],
    [2, [60, 10, 160, 110]],
    [3, [160, 110, 60, 10]],
    [4, [110, 160, 10, 60]],
    [5, [10, 110, 60, 160]],
    [6, [60, 160, 10, 110]],
    [7, [160, 60, 110, 10]],
    [8, [110, 10, 160, 60]],
  ])('turns orientation %i upright', async (orientation, [a, b, c, d]) => {
    const stored = pixels([
      [a!, b!],
      [c!, d!],
    ])
    const path = await save(
      `orientation-${orientation}.webp`,
      stored.withMetadata({ orientation }).webp({ lossless: true }),
    )
    expect((await sharp(path).metadata()).orientation).toBe(orientation)
    expect(await decoded(path, grey(2))).toEqual([10, 60, 110, 160])
  })

  it('crops around the centre, after turning', async () => {
    const wide = [
      [0, 1, 50, 60, 2, 3],
      [0, 1, 70, 80, 2, 3],
    ]
    expect(await decoded(await save('wide.png', pixels(wide).png()), grey(2))).toEqual([50, 60, 70, 80])
    const tall = [
      [0, 0],
      [1, 1],
      [50, 60],
      [70, 80],
      [2, 2],
      [3, 3],
    ]
    expect(await decoded(await save('tall.png', pixels(tall).png()), grey(2))).toEqual([50, 60, 70, 80])
    const turned = await save('turned.webp', pixels(wide).withMetadata({ orientation: 3 }).webp({ lossless: true }))
    expect(await decoded(turned, grey(2))).toEqual([80, 70, 60, 50])
  })

  it('puts transparent parts on white', async () => {
    const transparent = await save('transparent.png', flat(8, 8, { r: 0, g: 0, b: 0, alpha: 0 }, 4).png())
    expect(new Set(await decoded(transparent, colour(4)))).toEqual(new Set([255]))
    const half = await save('half.webp', flat(8, 8, { r: 255, g: 0, b: 0, alpha: 0.5 }, 4).webp({ lossless: true }))
    expect((await decoded(half, colour(1))).map((value) => Math.round(value / 2))).toEqual([128, 64, 64])
  })

  it.each([
    ['16-bit.png', flat(8, 8).toColourspace('rgb16').png()],
    ['palette.png', flat(8, 8).png({ palette: true })],
    ['lossless.webp', flat(8, 8).webp({ lossless: true })],
    ['interlaced.png', flat(8, 8).png({ progressive: true })],
  ])('decodes %s', async (name, image) => {
    expect(await decoded(await save(name, image), colour(1))).toEqual([255, 0, 0])
  })

  it.each(['grey16', 'b-w', 'cmyk'])('gives the channels that were asked for from %s', async (space) => {
    const image = flat(8, 8).toColourspace(space)
    const path = await save(space, space === 'cmyk' ? image.jpeg() : image.greyscale(space !== 'cmyk').png())
    expect((await decodeImage(path, colour(4))).length).toBe(48)
    expect((await decodeImage(path, grey(4))).length).toBe(16)
  })

  it('fails for damaged pixels', async () => {
    const noise = Uint8Array.from({ length: 64 * 64 }, (_, index) => (index * 7919) % 251)
    const image = sharp(noise, { raw: { width: 64, height: 64, channels: 1 } })
    for (const bytes of [await image.png().toBuffer(), await image.jpeg().toBuffer()]) {
      const path = await write('half.img', bytes.subarray(0, bytes.length / 2))
      await expect(decodeImage(path, grey(8))).rejects.toThrow()
    }
  })

  it('decodes an image 20,000 pixels wide in bounded memory', async () => {
    const path = await save('panorama.jpg', flat(20_000, 2000).jpeg())
    expect(await inspectImage(path, colour(64))).toBeUndefined()
    const before = process.memoryUsage().rss
    expect((await decodeImage(path, colour(64))).length).toBe(64 * 64 * 3)
    // Whole, it would take 120 MB.
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6)
  })
})

describe('inspectImage', () => {
  it('has nothing against a good image', async () => {
    expect(await inspectImage(await save('good.png', flat(64, 64).png()), colour(64))).toBeUndefined()
    expect(await inspectImage(await save('jpeg-named.png', flat(64, 64).jpeg()), colour(64))).toBeUndefined()
  })

  it('allows small images for small data sets', async () => {
    const path = await save('small.png', flat(4, 9).png())
    expect(await inspectImage(path, colour(4))).toBeUndefined()
    expect(await inspectImage(path, colour(64))).toBe('is 4×9, smaller than 8 pixels')
  })

  it('says what is wrong', async () => {
    const inspect = (path: string) => inspectImage(path, colour(64))
    expect(await inspect(await save('pixel.png', flat(1, 1).png()))).toBe('is 1×1, smaller than 8 pixels')
    expect(await inspect(await write('text.png', 'hello'))).toBe(
      'cannot be decoded (Input file contains unsupported image format)',
    )
    expect(await inspect(await write('empty.png', ''))).toBe(
      'cannot be decoded (Input file contains unsupported image format)',
    )
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"></svg>'
    expect(await inspect(await write('drawing.png', svg))).toBe('is svg, not PNG, JPEG or WebP')
    expect(await inspect(join(root, 'missing.png'))).toContain('Input file is missing')
  })

  it('refuses more pixels than can be decoded in bounded memory', async () => {
    const bytes = await flat(8, 8).png().toBuffer()
    // IHDR: length, 'IHDR', width, height, 5 bytes, and the checksum of all but the length.
    bytes.writeUInt32BE(20_000, 16)
    bytes.writeUInt32BE(20_000, 20)
    bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29)
    const path = await write('huge.png', bytes)
    expect(await inspectImage(path, colour(64))).toBe('is 20000×20000, more than 134 million pixels')
    await expect(decodeImage(path, colour(64))).rejects.toThrow('it is 20000×20000, more than 134 million pixels')
  })

  it('refuses what would be held whole in too much memory, and says how to save it', async () => {
    const png = await flat(8, 8).png({ progressive: true }).toBuffer()
    png.writeUInt32BE(8000, 16)
    png.writeUInt32BE(8000, 20)
    png.writeUInt32BE(crc32(png.subarray(12, 29)), 29)
    const jpeg = await flat(8, 8).jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer()
    // SOF2: marker, length, bits, height, width.
    const frame = jpeg.indexOf(Buffer.of(0xff, 0xc2))
    jpeg.writeUInt16BE(6000, frame + 5)
    jpeg.writeUInt16BE(6000, frame + 7)
    const refused = [
      [png, 'is 8000×8000 and interlaced: it would take 192 MB to read (save it without interlacing, or smaller)'],
      [jpeg, 'is 6000×6000 and progressive: it would take 216 MB to read (save it as baseline JPEG, or smaller)'],
    ] as const
    for (const [bytes, reason] of refused) {
      const path = await write('whole', bytes)
      expect(await inspectImage(path, colour(64))).toMatch(reason)
      // Enough bytes to be no hollow one.
      await expect(decodeImage(Buffer.concat([bytes, Buffer.alloc(10_000)]), colour(64))).rejects.toThrow(
        `it ${reason}`,
      )
    }
  })

  it('takes what is read row by row at any size, and what is held whole up to a bound', () => {
    const header = { width: 10_000, height: 10_000, channels: 3, depth: 'uchar', chromaSubsampling: '4:2:0' } as const
    const refused = (more: object) => tooLarge({ ...header, ...more } as never) !== undefined
    const row = [{ format: 'png' }, { format: 'jpeg' }, { format: 'png', depth: 'ushort' }]
    const whole = [{ format: 'png', isProgressive: true }, { format: 'jpeg', isProgressive: true }, { format: 'webp' }]
    expect([...row, ...whole].map(refused)).toEqual([false, false, false, true, true, true])
    expect(whole.map((format) => refused({ ...format, width: 4000 }))).toEqual([false, false, false])
    expect(refused({ format: 'png', isProgressive: true, depth: 'ushort', width: 4000 })).toBe(true)
  })
})
