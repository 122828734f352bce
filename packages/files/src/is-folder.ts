import { statSync } from 'node:fs'
import { extname } from 'node:path'

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

/** The same of a file for each of several: a path without an extension is no picture of them all. */
export function namesFolderForEach(path: string): boolean {
  return namesFolder(path) || extname(path) === ''
}
