import { join } from 'node:path'
import { ConfigurationError } from '@gantry/core'
import { isFolder } from '@gantry/files'
import { absolutePath } from '../absolute-path.ts'
import type { DatasetDefinition } from '../dataset-definition.ts'
import { domainFolders } from '../folder/domain-folders.ts'
import { unpaired } from './unpaired.ts'

/**
 * `unpaired:A,B`, and a folder as the authors of CycleGAN lay theirs out: `unpaired:horse2zebra` has the pictures of `trainA` and `trainB`.
 */
export const unpairedOrFolder: DatasetDefinition = {
  ...unpaired,
  standsFor(parameter) {
    if (!isFolder(absolutePath(parameter))) return undefined
    const domains = domainFolders(parameter)
    if (domains !== undefined) return `unpaired:${domains.map((domain) => `folder:${domain}`).join(',')}`
    throw new ConfigurationError({
      code: 'UNPAIRED_INVALID',
      message: `'${parameter}' is one folder, but two kinds of pictures are needed, and it has not both 'trainA' and 'trainB' below it.`,
      fix: `Call the folders of both so, or name them: unpaired:folder:${join(parameter, 'one')},folder:${join(parameter, 'other')}.`,
    })
  },
  absolute: (parameter) => (isFolder(absolutePath(parameter)) ? absolutePath(parameter) : undefined),
}
