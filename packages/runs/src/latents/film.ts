import { extname } from 'node:path'
import { ConfigurationError } from '@gantry/core'
import sharp from 'sharp'

/** What films can be written as, by the ending of their name. */
const FORMATS = ['webp', 'gif'] as const

export interface FilmOptions {
  /** How long each picture is seen. */
  readonly milliseconds: number
  /** Written as this: a name that ends in `.webp` or `.gif`. */
  readonly path: string
}

/**
 * Pictures one after another, for ever.
 *
 * @param pictures PNG, all of one size
 * @throws ConfigurationError `OUT_INVALID` for another ending
 */
export async function filmOf(
  pictures: readonly Uint8Array[],
  { milliseconds, path }: FilmOptions,
): Promise<Uint8Array> {
  const format = requireFilm(path)
  const frames = pictures.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength))
  const timing = { delay: frames.map(() => milliseconds), loop: 0 }
  const film = sharp(frames, { join: { animated: true } })
  const written = format === 'gif' ? film.gif(timing) : film.webp({ ...timing, quality: 90, smartSubsample: true })
  return new Uint8Array(await written.toBuffer())
}

/**
 * The format that a name asks for.
 *
 * @throws ConfigurationError `OUT_INVALID`
 */
export function requireFilm(path: string): (typeof FORMATS)[number] {
  const format = FORMATS.find((each) => extname(path).toLowerCase() === `.${each}`)
  if (format !== undefined) return format
  throw new ConfigurationError({
    code: 'OUT_INVALID',
    message: `A film is a file that ends in ${FORMATS.map((each) => `.${each}`).join(' or ')}, not '${path}'.`,
    fix: 'Name one: --out film.webp.',
  })
}
