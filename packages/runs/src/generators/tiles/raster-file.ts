import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { ConfigurationError } from '@gantry/core'
import { makeFolder, storageError, TEMPORARY_SUFFIX } from '@gantry/files'

/** Formats that images of any size are written in, by extension. */
const extensions = ['.png', '.jpg', '.jpeg', '.webp', '.avif', '.tif', '.tiff']

export interface RasterSize {
  readonly height: number
  readonly width: number
  readonly channels: number
}

/**
 * An image file that is written row by row, and is never in memory as a whole: the rows go to an uncompressed TIFF beside it, of which
 * libvips makes the file as it reads it.
 */
export class RasterFile {
  readonly #path: string
  readonly #size: RasterSize
  readonly #raw: string
  readonly #file: FileHandle

  private constructor(path: string, size: RasterSize, raw: string, file: FileHandle) {
    this.#path = path
    this.#size = size
    this.#raw = raw
    this.#file = file
  }

  /** @throws ConfigurationError `OUT_INVALID` for an extension that no image has, StorageError */
  static async create(path: string, size: RasterSize): Promise<RasterFile> {
    if (!extensions.includes(extname(path).toLowerCase())) {
      throw new ConfigurationError({
        code: 'OUT_INVALID',
        message: `An image ends in ${extensions.join(', ')}, not '${basename(path)}'.`,
      })
    }
    await makeFolder(dirname(path))
    const raw = join(dirname(path), `.${basename(path)}.${process.pid}.tif${TEMPORARY_SUFFIX}`)
    try {
      const file = await open(raw, 'w')
      await file.write(tiffHeader(size))
      return new RasterFile(path, size, raw, file)
    } catch (cause) {
      throw storageError('write', raw, cause)
    }
  }

  /** Adds rows below those before: bytes of [rows, width, channels]. */
  async add(rows: Uint8Array): Promise<void> {
    await this.#file.write(rows).catch((cause) => {
      throw storageError('write', this.#raw, cause)
    })
  }

  /** Makes the file; it takes its name when it is whole. */
  async finish(): Promise<void> {
    const { default: sharp } = await import('sharp')
    const temporary = `${this.#raw}${extname(this.#path)}`
    try {
      await this.#file.close()
      const rows = sharp(this.#raw, { limitInputPixels: false, sequentialRead: true })
      // The usual compression of TIFF in libvips is JPEG's, which loses.
      await (/tiff?$/i.test(temporary) ? rows.tiff({ compression: 'lzw' }) : rows).toFile(temporary)
      await rename(temporary, this.#path)
    } catch (cause) {
      await rm(temporary, { force: true }).catch(() => {})
      throw tooLarge(this.#path, this.#size, cause) ?? storageError('write', this.#path, cause)
    } finally {
      await this.discard()
    }
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    await this.#file.close().catch(() => {})
    await rm(this.#raw, { force: true }).catch(() => {})
  }
}

/** WebP has 16,383 pixels a side at the most, JPEG 65,535. */
function tooLarge(path: string, { height, width }: RasterSize, cause: unknown): ConfigurationError | undefined {
  const { message } = cause as Error
  if (!/too large|maximum dimension|exceeds/i.test(message)) return undefined
  return new ConfigurationError({
    code: 'OUT_INVALID',
    message: `'${path}' cannot hold ${width}×${height} pixels (${message.split('\n')[0]}).`,
    fix: 'Name a .png or a .tif.',
    cause,
  })
}

const [SHORT, LONG] = [3, 4]

/** Rows that a reader has in memory at once. */
const ROWS_OF_STRIP = 16

/** What comes before the pixels of an uncompressed image (TIFF 6.0, sections 2 to 6), little-endian. */
function tiffHeader({ height, width, channels }: RasterSize): Uint8Array {
  const strips = Array.from({ length: Math.ceil(height / ROWS_OF_STRIP) }, (_, index) => index * ROWS_OF_STRIP)
  const entries: [tag: number, type: number, values: number[]][] = [
    [256, LONG, [width]],
    [257, LONG, [height]],
    [258, SHORT, new Array(channels).fill(8)],
    [259, SHORT, [1]],
    [262, SHORT, [channels < 3 ? 1 : 2]],
    [273, LONG, strips],
    [277, SHORT, [channels]],
    [278, LONG, [ROWS_OF_STRIP]],
    [279, LONG, strips.map((row) => Math.min(ROWS_OF_STRIP, height - row) * width * channels)],
    [284, SHORT, [1]],
  ]
  // Transparency that is no factor of the colours.
  if (channels % 2 === 0) entries.push([338, SHORT, [2]])
  const sizeOf = (type: number, { length }: readonly number[]) => length * (type === SHORT ? 2 : 4)
  let end = 8 + 2 + entries.length * 12 + 4
  // Values of more than four bytes do not fit into their entry.
  const places = entries.map(([, type, values], index) => {
    const size = sizeOf(type, values)
    if (size <= 4) return 8 + 2 + index * 12 + 8
    end += size
    return end - size
  })
  const bytes = new Uint8Array(end)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, 0x4949, true)
  view.setUint16(2, 42, true)
  view.setUint32(4, 8, true)
  view.setUint16(8, entries.length, true)
  for (const [index, [tag, type, values]] of entries.entries()) {
    const [at, place] = [8 + 2 + index * 12, places[index]!]
    view.setUint16(at, tag, true)
    view.setUint16(at + 2, type, true)
    view.setUint32(at + 4, values.length, true)
    if (place !== at + 8) view.setUint32(at + 8, place, true)
    for (const [number, value] of values.entries()) {
      if (type === SHORT) view.setUint16(place + 2 * number, value, true)
      else view.setUint32(place + 4 * number, tag === 273 ? end + value * width * channels : value, true)
    }
  }
  return bytes
}
