import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { isFolder, namesFolder, namesFolderForEach } from './is-folder.ts'

it('tells folders from files, from nothing, and from what would lie in a file', async () => {
  const root = await mkdtemp(join(tmpdir(), 'gantry-folder-'))
  try {
    await writeFile(join(root, 'file'), '')
    const paths = [root, join(root, 'file'), join(root, 'absent'), join(root, 'file/x.png')]
    expect(paths.map(isFolder)).toEqual([true, false, false, false])
    expect(paths.map(namesFolder)).toEqual([true, false, false, false])
    expect(namesFolder(join(root, 'absent/'))).toBe(true)
    expect([...paths, 'absent/x.y/'].map(namesFolderForEach)).toEqual([true, true, true, false, true])
  } finally {
    await rm(root, { recursive: true })
  }
})
