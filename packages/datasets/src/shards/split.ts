import type { LeftOut } from '../images/skip-list.ts'

/** What the part of a data set is called that is for training. */
const TRAINING = ['train', 'training']

/** What the others are called, the test split first. */
export const heldOutSplits: readonly string[] = ['test', 'testing', 'val', 'valid', 'validation', 'dev', 'eval']

/** Whether a folder is called as the part of a data set that is for training. */
export function isTrainingSplit(name: string): boolean {
  return TRAINING.includes(name.toLowerCase())
}

/** The files of a set that are for training, where it is cut into splits. */
export interface TrainingSplit<File> {
  readonly files: readonly File[]
  /** What the folder of the split is called, up to its slash, where it is one: `pictures/train/`. Empty where there are no splits. */
  readonly folder: string
  readonly leftOut: readonly LeftOut[]
}

/**
 * Takes the training split of files that lie in folders, `train/` beside `test/`, or begin with the names of splits,
 * `train-00000.parquet`. Where there is no other split beside it the name says nothing, and all files are taken.
 *
 * A model that is trained on the test split, too, has seen what it is scored by; and splits are no classes.
 *
 * @param pathOf where a file lies, with forward slashes
 * @param cut whether splits are folders only, or shards as well
 */
export function trainingSplit<File>(
  files: readonly File[],
  pathOf: (file: File) => string,
  cut: 'folders' | 'shards',
): TrainingSplit<File> {
  const wrapper = commonFolder(files.map(pathOf))
  const splits = files.map((file) => splitOf(pathOf(file).slice(wrapper.length), cut))
  const names = new Set(splits.map((split) => split?.name))
  const training = splits.find((split) => split !== undefined && TRAINING.includes(split.name))
  if (training === undefined || !heldOutSplits.some((name) => names.has(name)))
    return { files, folder: '', leftOut: [] }
  const taken = (index: number) => splits[index]?.name === training.name
  return {
    files: files.filter((_, index) => taken(index)),
    folder: training.folder === '' ? '' : `${wrapper}${training.folder}`,
    leftOut: files.flatMap((file, index) =>
      taken(index)
        ? []
        : [{ name: pathOf(file), reason: `is not of the split '${training.name}': name its own path to have it` }],
    ),
  }
}

/** The folders that all of the files lie in. */
function commonFolder(paths: readonly string[]): string {
  let [common = ''] = paths
  common = common.slice(0, common.lastIndexOf('/') + 1)
  for (const path of paths) {
    while (!path.startsWith(common)) common = common.slice(0, common.lastIndexOf('/', common.length - 2) + 1)
  }
  return common
}

/** The folder, or the beginning of the name, that is called as a split is. */
function splitOf(path: string, cut: 'folders' | 'shards'): { name: string; folder: string } | undefined {
  const form = cut === 'folders' ? /^([a-z]+)(\/)/i : /^([a-z]+)(\/|\.|[-_][^\d/]*\d)/i
  const [, first = '', end = ''] = form.exec(path) ?? []
  const name = first.toLowerCase()
  if (![...TRAINING, ...heldOutSplits].includes(name)) return undefined
  return { name, folder: end === '/' ? `${first}/` : '' }
}
