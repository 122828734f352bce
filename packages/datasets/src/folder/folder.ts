import { homedir } from 'node:os'
import { resolve } from 'node:path'
import type { Dataset } from '@gantry/core'
import { streamBatches } from '../batch-stream.ts'
import type { DatasetDefinition, OpenDatasetOptions } from '../dataset-definition.ts'
import { folderSource } from './folder-source.ts'
import { imageUnreadable, scanFolder } from './scan-folder.ts'

/** The user's own images. */
export const folder: DatasetDefinition = {
  name: 'folder',
  parameter: 'PATH',
  description: 'PNG, JPEG and WebP files below a folder, cropped to squares; sub-folders are classes',
  kind: 'image',
  source: 'the folder',
  licence: "that of the folder's images",
  accepts: { size: true, channels: [1, 3] },
  open,
}

async function open(options: OpenDatasetOptions, path: string): Promise<Dataset> {
  const root = absolute(path)
  const { size = 64, channels = 3, strict = false } = options
  const format = { size, channels }
  const { paths, skipped } = await scanFolder(root, format, options)
  const allSkipped = [...skipped]
  const source = folderSource(root, paths, {
    format,
    onSkip(name, reason) {
      if (strict) throw imageUnreadable(root, { name, reason })
      allSkipped.push({ name, reason })
    },
  })
  return {
    specificationVersion: 1,
    name: `folder:${path}`,
    size: source.size,
    kind: folder.kind,
    sampleShape: source.sampleShape,
    ...(source.labels && { labels: source.labels }),
    description: { source: root, licence: folder.licence, skipped: allSkipped },
    batches: (batchOptions) => streamBatches(source, batchOptions),
    dispose: async () => source.release(),
  }
}

/** No shell expands the `~` in `folder:~/faces`. */
function absolute(path: string): string {
  return resolve(path.replace(/^~(?=$|[\\/])/, homedir()))
}
