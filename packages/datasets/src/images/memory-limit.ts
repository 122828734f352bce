import sharp, { type Metadata } from 'sharp'

/** Pixels of the largest image that is decoded at all, row by row. */
const MAXIMUM_PIXELS = 2 ** 27

/** Bytes that an image may take while it is read, where its format wants all of it in memory. */
const MAXIMUM_BYTES = 180e6

/** Images of so many pixels fit, whatever their format: none takes more than eight bytes for one. */
const ALWAYS_FIT = MAXIMUM_BYTES / 8

/**
 * Decodes an image if memory is bounded. What is small is decoded at once; only of what is large the header is read first.
 *
 * @param decode with sharp's option of this name
 * @throws Error whose message says how large the image is, in the words of {@link tooLarge}
 */
export async function withinMemory<Decoded>(
  image: string | Uint8Array,
  decode: (limitInputPixels: number) => Promise<Decoded>,
): Promise<Decoded> {
  try {
    return await decode(ALWAYS_FIT)
  } catch (error) {
    if (!/exceeds pixel limit/.test((error as Error).message)) throw error
    const reason = tooLarge(await sharp(image, { limitInputPixels: false }).metadata())
    if (reason !== undefined) throw new Error(`it ${reason}`, { cause: error })
    return await decode(MAXIMUM_PIXELS)
  }
}

/** Why an image cannot be decoded in bounded memory: `is 20000×20000, more than 134 million pixels`. */
export function tooLarge(header: Metadata): string | undefined {
  const { width, height } = header
  const size = `is ${width}×${height}`
  if (width * height > MAXIMUM_PIXELS) return `${size}, more than ${Math.floor(MAXIMUM_PIXELS / 1e6)} million pixels`
  const whole = keptWhole(header)
  const bytes = width * height * (whole?.bytesPerPixel ?? 0)
  if (whole === undefined || bytes <= MAXIMUM_BYTES) return undefined
  return `${size} and ${whole.because}: it would take ${Math.round(bytes / 1e6)} MB to read (save it ${whole.instead}, or smaller)`
}

/** What an image takes of memory, where libvips cannot read it row by row; measured. */
function keptWhole({ format, isProgressive, channels, depth, chromaSubsampling }: Metadata) {
  if (format === 'webp') return { bytesPerPixel: 4, because: 'WebP', instead: 'as JPEG or PNG' }
  if (!isProgressive) return undefined
  // Coefficients of 16 bits; of the colours a quarter where they are halved both ways.
  const coefficients = chromaSubsampling === '4:2:0' ? 3 : 2 * channels
  return format === 'jpeg'
    ? { bytesPerPixel: coefficients, because: 'progressive', instead: 'as baseline JPEG' }
    : { bytesPerPixel: channels * (depth === 'ushort' ? 2 : 1), because: 'interlaced', instead: 'without interlacing' }
}
