import { centreCrop, cornerOf, type Raster, writeCrop } from './crop.ts'
import { decodeOwn, ownSides } from './image.ts'
import type { CropReader, ImageStore } from './square-images.ts'

/** An image that takes more than this part of the memory is decoded at each crop, and no more of it than the crop. */
const LARGE = 1 / 4

/**
 * Images that stay as large as they are, whatever that is. As many of them are kept as fit into the budget, the first that are
 * seen; of those that are large for it only what a crop shows is decoded, so that memory is bounded.
 */
export function ownSizeImages({ load, format, budget }: ImageStore): CropReader {
  const { size, channels } = format
  const kept = new Map<number, Raster>()
  /** Several crops of one image are asked for at once where there are few: it is decoded once for all of them. */
  const decoding = new Map<number, Promise<Raster>>()
  let room = budget

  async function decode(image: number, file: string | Uint8Array): Promise<Raster> {
    try {
      const raster = await decodeOwn(file, format)
      if (raster.pixels.length <= room) {
        room -= raster.pixels.length
        kept.set(image, raster)
      }
      return raster
    } finally {
      decoding.delete(image)
    }
  }

  function whole(image: number, file: string | Uint8Array): Promise<Raster> {
    const running = decoding.get(image) ?? decode(image, file)
    decoding.set(image, running)
    return running
  }

  return {
    async readCrop(image, crop, target) {
      const own = kept.get(image) ?? (await decoding.get(image))
      if (own !== undefined) {
        writeCrop(crop, own, size, target)
        return
      }
      const file = await load(image)
      const sides = await ownSides(file, format)
      if (sides.width * sides.height * channels <= budget * LARGE) {
        writeCrop(crop, kept.get(image) ?? (await whole(image, file)), size, target)
        return
      }
      const part = await decodeOwn(file, format, { ...cornerOf(crop, sides, size), width: size, height: size })
      writeCrop({ ...centreCrop, mirrored: crop.mirrored }, part, size, target)
    },
    release() {
      kept.clear()
      room = 0
    },
  }
}
