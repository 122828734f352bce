import { extname } from 'node:path'
import { ConfigurationError } from '@gantry/core'
import sharp from 'sharp'

/** What films can be written as. */
const FORMATS = ['webp', 'gif'] as const
export type FilmFormat = (typeof FORMATS)[number]

export interface FilmOptions {
  /** How long each picture is seen. */
  readonly milliseconds: number
  readonly format: FilmFormat
}

/**
 * Pictures one after another, for ever.
 *
 * @param pictures PNG, all of one size
 */
export async function filmOf(
  pictures: readonly Uint8Array[],
  { milliseconds, format }: FilmOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  // In colours: sharp takes the one channel of grey pictures that it joins for their transparency, too.
  const frames = await Promise.all(pictures.map((bytes) => sharp(bytes).toColourspace('srgb').png().toBuffer()))
  const timing = { delay: frames.map(() => milliseconds), loop: 0 }
  const film = sharp(frames, { join: { animated: true } })
  const written = format === 'gif' ? film.gif(timing) : film.webp({ ...timing, quality: 90, smartSubsample: true })
  return new Uint8Array(await written.toBuffer())
}

/**
 * The format that a file's name asks for.
 *
 * @throws ConfigurationError `OUT_INVALID` for another ending than `.webp` and `.gif`
 */
export function filmFormat(path: string): FilmFormat {
  const format = FORMATS.find((each) => extname(path).toLowerCase() === `.${each}`)
  if (format !== undefined) return format
  throw new ConfigurationError({
    code: 'OUT_INVALID',
    message: `A film is a file that ends in ${FORMATS.map((each) => `.${each}`).join(' or ')}, not '${path}'.`,
    fix: 'Name one, such as film.webp.',
  })
}
