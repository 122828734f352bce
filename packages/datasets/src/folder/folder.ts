import { join } from 'node:path'
import { absolutePath } from '../absolute-path.ts'
import type { DatasetDefinition, OpenDatasetOptions } from '../dataset-definition.ts'
import { encodedImageOptions, formatOf } from '../images/encoded-image-options.ts'
import { skipList } from '../images/skip-list.ts'
import { type OpenedDataset, openedDataset } from '../opened-dataset.ts'
import { folderSource } from './folder-source.ts'
import { scanFolder } from './scan-folder.ts'

/** The user's own images. */
export const folder: DatasetDefinition = {
  name: 'folder',
  parameter: 'PATH',
  description: 'PNG, JPEG and WebP files below a folder, cropped to squares; sub-folders are classes',
  gives: ['image', 'label'],
  source: 'the folder',
  licence: "that of the folder's images",
  options: encodedImageOptions,
  open,
}

async function open(options: OpenDatasetOptions, path: string): Promise<OpenedDataset> {
  const root = absolutePath(path)
  const format = formatOf(options)
  const scan = await scanFolder(root, format, options)
  const { skipped, onSkip } = skipList(options.strict, scan.skipped, (name) => join(root, name))
  const source = folderSource(root, scan.images, { format, onSkip, classesIn: scan.classesIn })
  return openedDataset({ name: `folder:${path}`, source: root, licence: folder.licence, skipped }, source)
}
