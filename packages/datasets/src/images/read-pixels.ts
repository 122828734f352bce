import sharp from 'sharp'
import { withinMemory } from './memory-limit.ts'

export interface PixelFormat {
  readonly width: number
  readonly height: number
  /** 1 is grey, 3 colour, 4 colour with transparency. */
  readonly channels: 1 | 3 | 4
  /** Colour behind transparent parts, as CSS writes it; white by default. */
  readonly background?: string
}

/**
 * Pixels of an image, a file or its bytes: turned upright by its EXIF orientation, transparent parts on the background, scaled to cover
 * the size (Lanczos 3, antialiased) and cropped around its centre. Grey is the luma of ITU-R BT.601.
 *
 * @returns `height * width * channels` bytes of sRGB
 */
export async function readPixels(
  image: string | Uint8Array,
  { width, height, channels, background = 'white' }: PixelFormat,
): Promise<Uint8Array> {
  const pixels = await withinMemory(image, (limitInputPixels) => {
    // Damaged pixels are errors; warnings, such as bytes after the end of a JPEG, are common on the web and harmless.
    const upright = sharp(image, { failOn: 'error', limitInputPixels }).autoOrient()
    return (channels === 4 ? upright.ensureAlpha() : upright.flatten({ background }))
      .resize(width, height, { fit: 'cover', position: 'centre' })
      .toColourspace('srgb')
      .raw()
      .toBuffer()
  })
  return channels === 1 ? greyOf(pixels) : pixels
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
