import { join } from 'node:path'
import sharp from 'sharp'
import { absolutePath } from '../absolute-path.ts'
import type { DatasetDefinition } from '../dataset-definition.ts'
import { heldOutFolder } from '../folder/held-out-folder.ts'
import { openFolder } from '../folder/open-folder.ts'
import { encodedImageOptions } from '../images/encoded-image-options.ts'
import { sidesOf } from '../images/image.ts'
import { withinMemory } from '../images/memory-limit.ts'

/** Pictures with both sides in one file, as the sets of Isola et al. 2017 come (facades, maps, edges2shoes …). */
export const pairImage: DatasetDefinition = {
  name: 'pair-image',
  parameter: 'PATH',
  description:
    'pictures below a folder, each with two halves that belong together: `a` is the left one, `b` the right one',
  gives: ['a', 'b'],
  source: 'the folder',
  licence: "that of the folder's images",
  options: encodedImageOptions,
  absolute: absolutePath,
  heldOut(path) {
    const beside = heldOutFolder(path)
    return beside && `pair-image:${beside}`
  },
  open: (options, path) =>
    openFolder(pairImage, options, path, ({ root, images }) => ({
      fields: ['a', 'b'],
      load: (index, field) => halfOf(join(root, images[index]!.path), field === 'a' ? 'left' : 'right'),
    })),
}

/** A half of a picture as a picture of its own, losslessly; of an odd width, the column in the middle is nobody's. */
async function halfOf(path: string, side: 'left' | 'right'): Promise<Uint8Array> {
  const { width, height } = await sidesOf(path)
  const half = Math.floor(width / 2)
  if (half < 1) throw new Error('it is one pixel wide, and has no halves')
  return withinMemory(path, (limitInputPixels) =>
    sharp(path, { failOn: 'error', limitInputPixels })
      .autoOrient()
      .extract({ left: side === 'left' ? 0 : width - half, top: 0, width: half, height })
      .png({ compressionLevel: 0 })
      .toBuffer(),
  )
}
