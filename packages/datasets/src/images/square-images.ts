import { type Crop, type Raster, writeCrop } from './crop.ts'
import { decodeImage, type ImageFormat, loadedSide } from './image.ts'
import { PixelStore } from './pixel-store.ts'

/** Images, wherever they lie, by their numbers. */
export interface ImageStore {
  readonly count: number
  /** The path of a file, or the bytes. */
  load(image: number): string | Promise<Uint8Array>
  readonly format: ImageFormat
  /** Bytes of decoded pixels to keep. */
  readonly budget: number
}

/** Crops of images. */
export interface CropReader {
  /** Writes a crop of `size` pixels as values in [-1, 1]; fails for an image that cannot be decoded. */
  readCrop(image: number, crop: Crop, target: Float32Array): Promise<void>
  /** Gives back the memory of what is kept. */
  release(): void
}

/** Images that are all brought to one size before they are cropped. */
export function squareImages({ count, load, format, budget }: ImageStore): CropReader {
  const side = loadedSide(format)!
  const store = new PixelStore(count, side * side * format.channels, budget)
  const rasterOf = (pixels: Uint8Array): Raster => ({ pixels, width: side, height: side })
  return {
    async readCrop(image, crop, target) {
      const kept = store.get(image)
      const pixels = kept ?? (await decodeImage(await load(image), format))
      if (kept === undefined) store.set(image, pixels)
      writeCrop(crop, rasterOf(pixels), format.size, target)
    },
    release: () => store.release(),
  }
}
