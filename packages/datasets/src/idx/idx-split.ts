import { counted, DataError } from '@gantry/core'
import { checkLabels, labelCountMismatch } from '../labels/label-errors.ts'
import { parseIdx } from './idx.ts'

/** A file that was read already. */
export interface IdxFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** Images of one split with their labels. */
export interface IdxSplit {
  /** Of each image, in pixels. */
  readonly side: number
  /** One byte a pixel, `side` squared bytes an image. */
  readonly images: Uint8Array
  /** One byte an image. */
  readonly labels: Uint8Array
}

/**
 * Puts the two IDX files of a split together.
 *
 * @param side that the images must have; any by default
 * @throws DataError `IMAGE_SHAPE_INVALID`, `LABEL_COUNT_MISMATCH`, `LABEL_OUT_OF_RANGE`, or what {@link parseIdx} throws.
 */
export function readIdxSplit(
  imageFile: IdxFile,
  labelFile: IdxFile,
  { side, classes }: { readonly side?: number; readonly classes: number },
): IdxSplit {
  const images = parseIdx(imageFile.bytes, imageFile.name)
  const labels = parseIdx(labelFile.bytes, labelFile.name)
  const [count, height, width] = images.shape
  const wanted = side ?? height
  if (images.shape.length !== 3 || height !== wanted || width !== wanted) {
    const expected =
      side === undefined
        ? 'square images are [count,side,side]'
        : `images of ${side}×${side} are [count,${side},${side}]`
    throw new DataError({
      code: 'IMAGE_SHAPE_INVALID',
      message: `'${imageFile.name}' has the shape [${images.shape}], but ${expected}.`,
    })
  }
  if (labels.shape.length !== 1 || labels.shape[0] !== count) {
    throw labelCountMismatch(
      `'${imageFile.name}' holds ${counted(count!, 'image')}`,
      `'${labelFile.name}' holds [${labels.shape}] labels`,
    )
  }
  checkLabels(labels.data, classes, (index) => `Record ${index} of '${labelFile.name}'`)
  return { side: width!, images: images.data, labels: labels.data }
}
