import { statSync } from 'node:fs'

/** Whether there is a folder of this path; links are followed. A path through a file, or one that may not be seen, is none. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/** Whether what is to be written there goes into a folder: `results/`, or one that is there. */
export function namesFolder(path: string): boolean {
  return /[\\/]$/.test(path) || isFolder(path)
}
