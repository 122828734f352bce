import { join } from 'node:path'
import { isFolder } from '@gantry/files'
import { absolutePath } from '../absolute-path.ts'

/** What the folders of two kinds of pictures are called: by the authors of CycleGAN, and by those of Pix2Pix. */
const LAYOUTS = [
  ['trainA', 'trainB'],
  ['A', 'B'],
] as const

/** The folders of both kinds of pictures below one, as absolute paths; undefined where they are not called so. */
export function domainFolders(path: string): readonly [string, string] | undefined {
  const root = absolutePath(path)
  return LAYOUTS.map(([a, b]) => [join(root, a), join(root, b)] as const).find((folders) => folders.every(isFolder))
}
