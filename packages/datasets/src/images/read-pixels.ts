import sharp, { type Sharp } from 'sharp'
import type { Raster } from './crop.ts'
import { withinMemory } from './memory-limit.ts'

/** What pixels are asked for. */
interface PixelKind {
  /** 1 is grey, 3 colour, 4 colour with transparency. */
  readonly channels: 1 | 3 | 4
  /** Colour behind transparent parts, as CSS writes it; white by default. */
  readonly background?: string
}

export interface PixelFormat extends PixelKind {
  readonly width: number
  readonly height: number
}

/** A part of an image, in pixels. */
export interface Region {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/**
 * Pixels of an image, a file or its bytes: turned upright by its EXIF orientation, transparent parts on the background, scaled to cover
 * the size (Lanczos 3, antialiased) and cropped around its centre. Grey is the luma of ITU-R BT.601. Drawings (files that end in `.svg`)
 * are drawn at that size.
 *
 * @returns `height * width * channels` bytes of sRGB
 */
export async function readPixels(
  image: string | Uint8Array,
  { width, height, ...kind }: PixelFormat,
): Promise<Uint8Array> {
  const density = await densityFor(image, width, height)
  const { pixels } = await rasterOf(image, kind, density, (whole) =>
    whole.resize(width, height, { fit: 'cover', position: 'centre' }),
  )
  return pixels
}

/**
 * Pixels of an image as {@link readPixels} has them, as large as it is.
 *
 * @param part of the upright image; the whole by default
 */
export function readOwnPixels(
  image: string | Uint8Array,
  { part, ...kind }: PixelKind & { readonly part?: Region },
): Promise<Raster> {
  return rasterOf(image, kind, undefined, (whole) => (part ? whole.extract(part) : whole))
}

async function rasterOf(
  image: string | Uint8Array,
  { channels, background = 'white' }: PixelKind,
  density: number | undefined,
  shape: (upright: Sharp) => Sharp,
): Promise<Raster> {
  const { data, info } = await withinMemory(image, (limitInputPixels) => {
    // Damaged pixels are errors; warnings, such as bytes after the end of a JPEG, are common on the web and harmless.
    const upright = sharp(image, { failOn: 'error', limitInputPixels, ...(density && { density }) }).autoOrient()
    const painted = channels === 4 ? upright.ensureAlpha() : upright.flatten({ background })
    return shape(painted).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })
  })
  const { width, height } = info
  return { pixels: channels === 1 ? greyOf(data) : data, width, height }
}

/** Dots per inch at which a drawing covers the size: what is drawn small and enlarged is blurred. */
async function densityFor(image: string | Uint8Array, width: number, height: number): Promise<number | undefined> {
  if (typeof image !== 'string' || !image.endsWith('.svg')) return undefined
  const own = await sharp(image).metadata()
  return Math.max(1, own.density! * Math.max(width / own.width, height / own.height))
}

/**
 * Luma of ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B of the stored values, in the whole numbers of Pillow's `convert('L')`; TensorFlow's
 * `rgb_to_grayscale` differs by rounding. What is grey stays as it is.
 */
export function greyOf(rgb: Uint8Array): Uint8Array {
  const grey = new Uint8Array(rgb.length / 3)
  for (let pixel = 0; pixel < grey.length; pixel++) {
    const [red, green, blue] = [rgb[3 * pixel]!, rgb[3 * pixel + 1]!, rgb[3 * pixel + 2]!]
    grey[pixel] = (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16
  }
  return grey
}
