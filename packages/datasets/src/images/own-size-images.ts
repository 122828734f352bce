import { centreCrop, cornerOf, type Raster, writeCrop } from './crop.ts'
import { decodeOwn, ownSides } from './image.ts'
import type { CropReader, ImageStore } from './square-images.ts'

/** An image that takes more than this part of the memory is decoded at each crop, and no more of it than the crop. */
const LARGE = 1 / 4

/**
 * Images that stay as large as they are, whatever that is. As many of them are kept as fit into the budget, the first that are seen; of those
 * that are large for it only what a crop shows is decoded, so that memory is bounded.
 */
export function ownSizeImages({ load, format, budget }: ImageStore): CropReader {
  const { size, channels } = format
  const kept = new Map<number, Raster>()
  let room = budget
  const keep = (image: number, raster: Raster) => {
    if (kept.has(image) || raster.pixels.length > room) return
    room -= raster.pixels.length
    kept.set(image, raster)
  }
  return {
    async readCrop(image, crop, target) {
      const own = kept.get(image)
      if (own !== undefined) {
        writeCrop(crop, own, size, target)
        return
      }
      const file = await load(image)
      const sides = await ownSides(file, format)
      if (sides.width * sides.height * channels > budget * LARGE) {
        const part = { ...cornerOf(crop, sides, size), width: size, height: size }
        const raster = await decodeOwn(file, format, part)
        writeCrop({ ...centreCrop, mirrored: crop.mirrored }, raster, size, target)
        return
      }
      const raster = await decodeOwn(file, format)
      keep(image, raster)
      writeCrop(crop, raster, size, target)
    },
    release() {
      kept.clear()
      room = 0
    },
  }
}
