import type { FileReader } from '@gantry/modalities'
import { decodeImage } from '@gantry/runs/generators'
import sharp from 'sharp'
import { RequestError } from '../http/request-error.ts'
import type { ServerLimits } from '../limits.ts'

/** Formats that are decoded: a drawing can be any size, and others are rare. */
const FORMATS = ['png', 'jpeg', 'webp', 'gif', 'heif', 'avif']

/**
 * Reads what a modality takes for a file from the request itself, a `data:` URL: no text of a client ever is a path.
 *
 * @throws (from `read`) RequestError `UPLOAD_INVALID`; (from `decodeImage`) `IMAGE_TOO_LARGE`, by the header alone, `IMAGE_UNREADABLE`
 */
export function uploadReader(name: string, limits: ServerLimits): FileReader {
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
    async decodeImage(bytes, shape) {
      await checkHeader(name, bytes, limits)
      return decodeImage(bytes, shape, name)
    },
  }
}

async function checkHeader(name: string, bytes: Uint8Array, limits: ServerLimits): Promise<void> {
  const header = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch(() => undefined)
  if (header === undefined || !FORMATS.includes(header.format)) {
    throw new RequestError({
      status: 422,
      code: 'IMAGE_UNREADABLE',
      message: `The input '${name}' is no image that can be decoded.`,
      fix: 'Send a PNG, JPEG, WebP or AVIF file.',
    })
  }
  const { width, height, pages = 1 } = header
  if (width * height * pages <= limits.pixels) return
  throw new RequestError({
    status: 413,
    code: 'IMAGE_TOO_LARGE',
    message: `The input '${name}' has ${width}×${height}${pages > 1 ? `×${pages}` : ''} pixels, of at most ${limits.pixels}.`,
    fix: 'Send a smaller image.',
  })
}
