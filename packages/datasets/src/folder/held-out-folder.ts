import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { isFolder } from '@gantry/files'
import { absolutePath } from '../absolute-path.ts'
import { heldOutSplits, isTrainingSplit } from '../shards/split.ts'

/**
 * The folder that someone has put beside the one for training: `test/` beside `train/` below a path, or `testA` beside a path that ends in
 * `trainA`, as the authors of CycleGAN lay out theirs. The test split before others, as it is what papers report.
 */
export function heldOutFolder(path: string): string | undefined {
  const root = absolutePath(path)
  const below = foldersIn(root)
  if (below.some(isTrainingSplit)) return heldOutOf(root, below)
  const [, split = '', domain = ''] = /^([a-z]+?)(A|B)?$/.exec(basename(root)) ?? []
  return isTrainingSplit(split) ? heldOutOf(dirname(root), foldersIn(dirname(root)), domain) : undefined
}

function heldOutOf(root: string, folders: readonly string[], domain = ''): string | undefined {
  const wanted = heldOutSplits.map((split) => `${split}${domain}`.toLowerCase())
  const [found] = folders
    .filter((folder) => wanted.includes(folder.toLowerCase()))
    .sort((left, right) => wanted.indexOf(left.toLowerCase()) - wanted.indexOf(right.toLowerCase()))
  return found === undefined ? undefined : join(root, found)
}

function foldersIn(root: string): string[] {
  try {
    return readdirSync(root).filter((name) => isFolder(join(root, name)))
  } catch {
    return []
  }
}
