import { DataError } from '@gantry/core'
import { checkLabels, labelCountMismatch } from '../labels/label-errors.ts'
import { parseIdx } from './idx.ts'

/** A file that was read already. */
export interface IdxFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** Images of one split with their labels. */
export interface IdxSplit {
  /** One byte a pixel, `side` squared bytes an image. */
  readonly images: Uint8Array
  /** One byte an image. */
  readonly labels: Uint8Array
}

/**
 * Puts the two IDX files of a split together.
 *
 * @throws DataError `IMAGE_SHAPE_INVALID`, `LABEL_COUNT_MISMATCH`, `LABEL_OUT_OF_RANGE`, or what {@link parseIdx} throws.
 */
export function readIdxSplit(
  imageFile: IdxFile,
  labelFile: IdxFile,
  { side, classes }: { readonly side: number; readonly classes: number },
): IdxSplit {
  const images = parseIdx(imageFile.bytes, imageFile.name)
  const labels = parseIdx(labelFile.bytes, labelFile.name)
  const [count, ...size] = images.shape
  if (size.join() !== [side, side].join()) {
    throw new DataError({
      code: 'IMAGE_SHAPE_INVALID',
      message: `'${imageFile.name}' has the shape [${images.shape}], but images of ${side}×${side} are [count,${side},${side}].`,
    })
  }
  if (labels.shape.length !== 1 || labels.shape[0] !== count) {
    throw labelCountMismatch(
      `'${imageFile.name}' holds ${count} images`,
      `'${labelFile.name}' holds [${labels.shape}] labels`,
    )
  }
  checkLabels(labels.data, classes, (index) => `Record ${index} of '${labelFile.name}'`)
  return { images: images.data, labels: labels.data }
}
