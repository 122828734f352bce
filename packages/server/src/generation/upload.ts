import type { FileReader } from '@gantry/modalities'
import { decodeImage } from '@gantry/runs/generators'
import sharp from 'sharp'
import { RequestError } from '../http/request-error.ts'
import type { ServerLimits } from '../limits.ts'

/** How files begin that are decoded: a drawing (SVG) can be any size and lead elsewhere, and others are rare. */
const BEGINNINGS = [/^\x89PNG\r\n/, /^\xff\xd8\xff/, /^RIFF.{4}WEBP/s, /^GIF8[79]a/, /^.{4}ftyp(avi[fs]|mi[af]1)/s]

/** The images that one request sends in: counted together, since many small bombs are a large one. */
export class Uploads {
  readonly #most: number
  #pixels = 0

  constructor({ pixels }: Pick<ServerLimits, 'pixels'>) {
    this.#most = pixels
  }

  /**
   * Reads what a modality takes for a file from the request itself, a `data:` URL: no text of a client ever is a path.
   *
   * @param name of the input
   * @throws (from `read`) RequestError `UPLOAD_INVALID`; (from `decodeImage`) `IMAGE_TOO_LARGE`, by the header alone, `IMAGE_UNREADABLE`
   */
  reader(name: string): FileReader {
    return {
      async read(text) {
        const comma = text.indexOf(',')
        if (!text.startsWith('data:') || comma === -1 || !text.slice(0, comma).endsWith(';base64')) {
          throw new RequestError({
            status: 422,
            code: 'UPLOAD_INVALID',
            message: `The input '${name}' takes a file as a URL of its own, "data:image/png;base64,…".`,
          })
        }
        return new Uint8Array(Buffer.from(text.slice(comma + 1), 'base64'))
      },
      decodeImage: async (bytes, shape) => {
        await this.#checkHeader(name, bytes)
        return decodeImage(bytes, shape, name)
      },
    }
  }

  async #checkHeader(name: string, bytes: Uint8Array): Promise<void> {
    const { width, height, pages = 1 } = await headerOf(name, bytes)
    this.#pixels += width * height * pages
    if (this.#pixels <= this.#most) return
    throw new RequestError({
      status: 413,
      code: 'IMAGE_TOO_LARGE',
      message: `The images up to '${name}' (${width}×${height}${pages > 1 ? `×${pages}` : ''}) have ${this.#pixels} pixels, of at most ${this.#most}.`,
      fix: 'Send smaller images.',
    })
  }
}

async function headerOf(name: string, bytes: Uint8Array) {
  const beginning = Buffer.from(bytes.subarray(0, 16)).toString('latin1')
  try {
    // Nothing else is handed to a decoder, not even for its header.
    if (!BEGINNINGS.some((format) => format.test(beginning))) throw new Error('It begins like no image.')
    return await sharp(bytes, { limitInputPixels: false }).metadata()
  } catch (cause) {
    throw new RequestError({
      status: 422,
      code: 'IMAGE_UNREADABLE',
      message: `The input '${name}' is no image that can be decoded.`,
      fix: 'Send a PNG, JPEG, WebP or AVIF file.',
      cause,
    })
  }
}
