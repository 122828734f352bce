import { writeFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunEvent } from '@gantry/core'
import { writeFileAtomically } from '@gantry/files'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readCheckpoint } from './checkpoint-file.ts'
import { RunFolder } from './run-folder.ts'
import { mountSmallDisk, type SmallDisk } from './testing/small-disk.ts'
import { temporaryFolder, tinyConfig, trainTiny } from './testing/tiny-run.ts'

const ones = new Uint8Array(1_000_000).fill(1)

describe('a disk that refuses', () => {
  let disk: SmallDisk | undefined

  beforeEach(async (context) => {
    disk = await mountSmallDisk('128k')
    if (!disk) context.skip('only root may mount the file system that this test fills')
  })

  afterEach(() => disk?.unmount())

  it('leaves earlier checkpoints intact when it is full', async () => {
    const run = await RunFolder.create(join(disk!.path, 'run'), { config: tinyConfig({ sampleEvery: 20 }) })
    const fill = ({ type, step }: RunEvent) => {
      if (type === 'step' && step === 15)
        expect(() => writeFileSync(join(disk!.path, 'filler'), ones)).toThrow('ENOSPC')
    }
    await expect(trainTiny(run, { onEvent: fill }, [16, 16, 1])).rejects.toMatchObject({
      name: 'StorageError',
      code: 'DISK_FULL',
      message: expect.stringContaining(join('checkpoints', '000015.safetensors')),
    })
    expect(await readdir(run.checkpoints.folder)).toEqual(['000005.safetensors', '000010.safetensors'])
    expect((await readCheckpoint(join(run.checkpoints.folder, '000010.safetensors'))).position.step).toBe(10)
  })

  it('keeps what stood under the name of a file that does not fit', async () => {
    const path = join(disk!.path, 'file')
    await writeFileAtomically(path, 'before')
    await expect(writeFileAtomically(path, ones)).rejects.toMatchObject({
      code: 'DISK_FULL',
      message: `Could not write ${path}: the disk is full. Free some space, or choose another folder.`,
    })
    expect(await readFile(path, 'utf8')).toBe('before')
    expect(await readdir(disk!.path)).toEqual(['file'])
  })

  it('is named when it is read-only', async () => {
    const run = await RunFolder.create(join(disk!.path, 'run'), { config: tinyConfig() })
    disk!.makeReadOnly()
    await expect(trainTiny(run)).rejects.toMatchObject({ name: 'StorageError', code: 'NOT_WRITABLE' })
    await expect(RunFolder.create(join(disk!.path, 'other'), { config: tinyConfig() })).rejects.toMatchObject({
      code: 'NOT_WRITABLE',
    })
  })
})

describe('writeFileAtomically', () => {
  it('names a folder that is missing', async () => {
    const path = join(await temporaryFolder(), 'missing', 'file')
    await expect(writeFileAtomically(path, 'text')).rejects.toMatchObject({ code: 'FILE_MISSING' })
  })
})
