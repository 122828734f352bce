import { join } from 'node:path'
import { absolutePath } from '../absolute-path.ts'
import type { DatasetDefinition, OpenDatasetOptions } from '../dataset-definition.ts'
import { imageUnreadable } from '../images/image.ts'
import { type OpenedDataset, openedDataset } from '../opened-dataset.ts'
import { folderSource } from './folder-source.ts'
import { scanFolder } from './scan-folder.ts'

/** The user's own images. */
export const folder: DatasetDefinition = {
  name: 'folder',
  parameter: 'PATH',
  description: 'PNG, JPEG and WebP files below a folder, cropped to squares; sub-folders are classes',
  kind: 'image',
  source: 'the folder',
  licence: "that of the folder's images",
  accepts: { size: true, channels: [1, 3], background: true },
  open,
}

async function open(options: OpenDatasetOptions, path: string): Promise<OpenedDataset> {
  const root = absolutePath(path)
  const { size = 64, channels = 3, strict = false, background } = options
  const format = { size, channels, ...(background && { background }) }
  const scan = await scanFolder(root, format, options)
  const skipped = [...scan.skipped]
  const source = folderSource(root, scan.paths, {
    format,
    onSkip(name, reason) {
      if (strict) throw imageUnreadable(join(root, name), reason)
      skipped.push({ name, reason })
    },
  })
  return openedDataset(folder, source, { name: `folder:${path}`, source: root, skipped })
}
