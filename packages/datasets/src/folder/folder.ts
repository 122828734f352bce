import { join } from 'node:path'
import { absolutePath } from '../absolute-path.ts'
import { labelColumn } from '../columns.ts'
import type { DatasetDefinition } from '../dataset-definition.ts'
import { encodedImageOptions } from '../images/encoded-image-options.ts'
import { folderLabels } from './folder-labels.ts'
import { heldOutFolder } from './held-out-folder.ts'
import { openFolder, type ScannedFolder } from './open-folder.ts'

/** The user's own images. */
export const folder: DatasetDefinition = {
  name: 'folder',
  parameter: 'PATH',
  description: 'PNG, JPEG and WebP files below a folder, cropped to squares; sub-folders are classes',
  gives: ['image', 'label'],
  source: 'the folder',
  licence: "that of the folder's images",
  options: encodedImageOptions,
  absolute: absolutePath,
  heldOut(path) {
    const beside = heldOutFolder(path)
    return beside && `folder:${beside}`
  },
  open: (options, path) =>
    openFolder(folder, options, path, (scanned) => ({
      ...labelsOf(scanned),
      load: (index) => join(scanned.root, scanned.images[index]!.path),
    })),
}

/** Sub-folders of the folder, or of that of its training split, are classes. */
function labelsOf({ images, classesIn }: ScannedFolder) {
  const paths = images.map(({ path }) => path.slice(classesIn.length))
  const labels = folderLabels(paths)
  return labels && { columns: { label: labelColumn(labels.names, paths.map(labels.labelOf)) } }
}
