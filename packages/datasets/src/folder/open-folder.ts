import { join } from 'node:path'
import { absolutePath } from '../absolute-path.ts'
import type { DatasetDefinition, OpenDatasetOptions } from '../dataset-definition.ts'
import { decodedSource, type EncodedImages } from '../images/decoded-source.ts'
import { formatOf } from '../images/encoded-image-options.ts'
import { skipList } from '../images/skip-list.ts'
import { type OpenedDataset, openedDataset } from '../opened-dataset.ts'
import { type FolderScan, scanFolder } from './scan-folder.ts'

/** A folder that was looked through. */
export interface ScannedFolder extends FolderScan {
  readonly root: string
}

/** What the images of a folder give, where it is not one field. */
type FolderSamples = Pick<EncodedImages, 'fields' | 'columns' | 'load'>

/**
 * Opens a folder of images as samples, one for each of them.
 *
 * @param samplesOf what they give
 * @throws DataError of {@link scanFolder}
 */
export async function openFolder(
  { name, licence }: Pick<DatasetDefinition, 'name' | 'licence'>,
  options: OpenDatasetOptions,
  path: string,
  samplesOf: (folder: ScannedFolder) => FolderSamples,
): Promise<OpenedDataset> {
  const root = absolutePath(path)
  const format = formatOf(options)
  const scan = await scanFolder(root, format, options)
  const { images } = scan
  const { skipped, onSkip } = skipList(options.strict, scan.skipped, (file) => join(root, file))
  const source = decodedSource(
    {
      size: images.length,
      nameOf: (index) => images[index]!.path,
      signatureOf: (index) => `${images[index]!.path} ${images[index]!.bytes}`,
      ...samplesOf({ ...scan, root }),
    },
    { format, onSkip, unusable: 'FOLDER_UNUSABLE' },
  )
  return openedDataset({ name: `${name}:${path}`, source: root, licence, skipped }, source)
}
