import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodeSafetensors, type State } from '@gantry/core'
import { onTestFinished } from 'vitest'

/** Files that earlier versions wrote. They are never written again: people have such files. */
export const oldFiles = fileURLToPath(new URL('./fixtures/', import.meta.url))

/** A copy of an old run, in which a test can go on. */
export async function copyOfRun(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-old-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, name)
  await cp(join(oldFiles, name), path, { recursive: true })
  return path
}

export async function oldTensors(name: string): Promise<State> {
  return decodeSafetensors(await readFile(join(oldFiles, name)), name).tensors
}
