import { stat } from 'node:fs/promises'
import { DataError } from '@gantry/core'
import sharp from 'sharp'
import type { Raster } from './crop.ts'
import { tooLarge } from './memory-limit.ts'
import { type Region, readOwnPixels, readPixels } from './read-pixels.ts'

const formats = ['jpeg', 'png', 'webp']

/** True for the names that are taken for images. */
export function isImageName(path: string): boolean {
  return /\.(png|jpe?g|webp)$/i.test(path)
}

/** Shorter sides than this show nothing, unless the data set itself is smaller. */
const MINIMUM_SIDE = 8

export interface ImageFormat {
  /** Side of the square, in pixels. */
  readonly size: number
  readonly channels: 1 | 3
  /** Colour behind transparent parts, as CSS writes it; white by default. */
  readonly background?: string
  /** Side that images are brought to before squares are cropped out of them; `own` leaves them as they are. */
  readonly loadSize?: number | 'own'
  /** Whether every second image is mirrored in training. */
  readonly flip?: boolean
}

/**
 * Reads the header of an image file only, so that a whole folder can be checked before the training starts.
 *
 * @returns why the image cannot be used, or undefined when its header is fine
 */
export async function inspectImage(path: string, { size, loadSize }: ImageFormat): Promise<string | undefined> {
  try {
    const header = await sharp(path, { failOn: 'error', limitInputPixels: false }).metadata()
    const { format, width, height } = header
    const { size: bytes } = await stat(path)
    if (!formats.includes(format)) return `is ${format}, not PNG, JPEG or WebP`
    const minimum = loadSize === 'own' ? size : Math.min(MINIMUM_SIDE, size)
    if (Math.min(width, height) < minimum) return tooSmall(width, height, minimum)
    const large = tooLarge(header)
    if (large !== undefined) return large
    return format === 'png' && isHollow(width, height, bytes) ? hollow(width, height, bytes) : undefined
  } catch (error) {
    return reasonOf(error)
  }
}

function tooSmall(width: number, height: number, minimum: number): string {
  return `is ${width}×${height}, smaller than ${minimum} pixels`
}

/** How large a picture is, once upright. */
export async function sidesOf(
  image: string | Uint8Array,
): Promise<{ readonly width: number; readonly height: number }> {
  return (await sharp(image, { limitInputPixels: false }).metadata()).autoOrient
}

/** Deflate makes at most 1,032 bytes of one, and a byte is at most eight pixels. */
const PIXELS_A_BYTE = 8 * 1032

/** A PNG that says to have more pixels than its bytes could be: the decoder would make room for all of them. */
function isHollow(width: number, height: number, bytes: number): boolean {
  return width * height > PIXELS_A_BYTE * bytes
}

function hollow(width: number, height: number, bytes: number): string {
  return `is ${width}×${height}, which its ${bytes} bytes cannot hold`
}

/**
 * True for bytes that begin as PNG, JPEG or WebP do. What else libvips would decode is no image of a data set: an SVG has
 * no size of its own, a PDF has pages.
 */
export function looksLikeImage(bytes: Uint8Array): boolean {
  const starts = (text: string, at = 0) =>
    [...text].every((letter, index) => bytes[at + index] === letter.charCodeAt(0))
  return starts('\x89PNG\r\n\x1a\n') || starts('\xff\xd8\xff') || (starts('RIFF') && starts('WEBP', 8))
}

/**
 * Decodes an image, a file or its bytes, into a square as large as it is to be loaded: see {@link readPixels}.
 *
 * @returns `loadSize * loadSize * channels` bytes, sRGB or grey
 */
export async function decodeImage(image: string | Uint8Array, format: ImageFormat): Promise<Uint8Array> {
  checkBytes(image)
  const side = loadedSide(format)!
  return readPixels(image, { width: side, height: side, ...kindOf(format) })
}

/** Side of the squares that images are brought to; undefined where they stay as they are. */
export function loadedSide({ size, loadSize = size }: ImageFormat): number | undefined {
  return loadSize === 'own' ? undefined : loadSize
}

/** How large an image is that is not brought to any size: large enough for a crop. */
export async function ownSides(image: string | Uint8Array, { size }: ImageFormat): Promise<Omit<Raster, 'pixels'>> {
  checkBytes(image)
  const sides = await sidesOf(image)
  if (Math.min(sides.width, sides.height) < size) throw new Error(`it ${tooSmall(sides.width, sides.height, size)}`)
  return sides
}

/** Decodes an image, or a part of it, as large as it is. */
export function decodeOwn(image: string | Uint8Array, format: ImageFormat, part?: Region): Promise<Raster> {
  return readOwnPixels(image, { ...kindOf(format), ...(part && { part }) })
}

function kindOf({ channels, background = 'white' }: ImageFormat) {
  return { channels, background }
}

/** Refuses bytes that are no image of a data set, or lie about its size, before the decoder makes room for it. */
function checkBytes(image: string | Uint8Array): void {
  if (typeof image !== 'string' && !looksLikeImage(image)) throw new Error('it is no PNG, JPEG or WebP')
  if (typeof image !== 'string' && image[0] === 0x89 && image.length >= 24) {
    const header = new DataView(image.buffer, image.byteOffset)
    const [width, height] = [header.getUint32(16), header.getUint32(20)]
    if (isHollow(width, height, image.length)) throw new Error(`it ${hollow(width, height, image.length)}`)
  }
}

/** A reason with one line of libvips, at times only 'Unknown error': concurrent decodings share its error buffer. */
export function reasonOf(error: unknown): string {
  return `cannot be decoded (${(error as Error).message.split('\n')[0]!.trim()})`
}

/** The error of `strict`, for an image found at opening or later. */
export function imageUnreadable(name: string, reason: string): DataError {
  return new DataError({
    code: 'IMAGE_UNREADABLE',
    message: `The image '${name}' ${reason}.`,
    fix: "Remove it, or leave out 'strict' to skip such files.",
  })
}
