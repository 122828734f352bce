/** Classes of a folder of images. */
export interface FolderLabels {
  readonly names: readonly string[]
  /** Index of an image's class. */
  labelOf(path: string): number
}

/**
 * Takes the first level of sub-folders as classes, in the order of the paths: `cats/2021/a.png` is of class `cats`.
 *
 * Undefined when images lie in the folder itself, or all of them in one sub-folder: then the level says nothing.
 */
export function folderLabels(paths: readonly string[]): FolderLabels | undefined {
  const names = new Set(paths.map(firstLevel))
  if (names.size < 2 || names.has(undefined)) return undefined
  const indices = new Map([...names].map((name, index) => [name, index]))
  return { names: [...names] as string[], labelOf: (path) => indices.get(firstLevel(path))! }
}

function firstLevel(path: string): string | undefined {
  const slash = path.indexOf('/')
  return slash < 0 ? undefined : path.slice(0, slash)
}
