import { join } from 'node:path'
import sharp from 'sharp'
import { absolutePath } from '../absolute-path.ts'
import type { DatasetDefinition, OpenDatasetOptions } from '../dataset-definition.ts'
import { scanFolder } from '../folder/scan-folder.ts'
import { decodedSource } from '../images/decoded-source.ts'
import { encodedImageOptions, formatOf } from '../images/encoded-image-options.ts'
import { WHOLE_PIXELS } from '../images/memory-limit.ts'
import { skipList } from '../images/skip-list.ts'
import { type OpenedDataset, openedDataset } from '../opened-dataset.ts'

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
  open,
}

async function open(options: OpenDatasetOptions, path: string): Promise<OpenedDataset> {
  const root = absolutePath(path)
  const format = formatOf(options)
  const { images, skipped: known } = await scanFolder(root, format, options)
  const { skipped, onSkip } = skipList(options.strict, known, (name) => join(root, name))
  const source = decodedSource(
    {
      size: images.length,
      fields: ['a', 'b'],
      nameOf: (index) => images[index]!.path,
      load: (index, name) => halfOf(join(root, images[index]!.path), name === 'a' ? 'left' : 'right'),
      signatureOf: (index) => `${images[index]!.path} ${images[index]!.bytes}`,
    },
    { format, onSkip, unusable: 'FOLDER_UNUSABLE' },
  )
  return openedDataset({ name: `pair-image:${path}`, source: root, licence: pairImage.licence, skipped }, source)
}

/** A half of a picture as a picture of its own, losslessly; of an odd width, the column in the middle is nobody's. */
async function halfOf(path: string, side: 'left' | 'right'): Promise<Uint8Array> {
  const upright = sharp(path, { failOn: 'error', limitInputPixels: WHOLE_PIXELS }).autoOrient()
  const { data, info } = await upright.raw().toBuffer({ resolveWithObject: true })
  const { width, height, channels } = info
  const half = Math.floor(width / 2)
  if (half < 1) throw new Error('it is one pixel wide, and has no halves')
  const left = side === 'left' ? 0 : width - half
  return sharp(data, { raw: { width, height, channels } })
    .extract({ left, top: 0, width: half, height })
    .png({ compressionLevel: 0 })
    .toBuffer()
}
