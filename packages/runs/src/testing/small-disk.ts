import { execFileSync } from 'node:child_process'
import { temporaryFolder } from './tiny-run.ts'

/** A file system of its own in memory, which only root may mount. */
export interface SmallDisk {
  readonly path: string
  makeReadOnly(): void
  unmount(): void
}

/** @returns undefined where this process may not mount: the tests that need it are skipped then */
export async function mountSmallDisk(size: string): Promise<SmallDisk | undefined> {
  const path = await temporaryFolder()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  return {
    path,
    makeReadOnly: () => execFileSync('mount', ['-o', 'remount,ro', path]),
    unmount: () => execFileSync('umount', ['-l', path]),
  }
}
