import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeSafetensors, float32 } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { readCheckpoint, writeCheckpoint } from './checkpoint-file.ts'
import { CheckpointStore } from './checkpoint-store.ts'
import { hashState } from './state-hash.ts'
import { temporaryFolder } from './testing/tiny-run.ts'

const state = { a: float32([2], [1, 2]), b: float32([], [3]) }
const position = { step: 12, phase: 1, scalars: { loss: 0.1 } }
const checkpoint = { variant: 'vanilla', dataset: 'ring8', seed: 3, position, state }

describe('a checkpoint', () => {
  it('comes back as it was written', async () => {
    const path = join(await temporaryFolder(), 'file.safetensors')
    await writeCheckpoint(path, checkpoint)
    expect(await readCheckpoint(path)).toEqual(checkpoint)
  })

  it('is refused when a bit changed, when it is foreign, and when it is missing', async () => {
    const path = join(await temporaryFolder(), 'file.safetensors')
    await expect(readCheckpoint(path)).rejects.toMatchObject({ name: 'StorageError', code: 'FILE_MISSING' })
    await writeCheckpoint(path, checkpoint)
    const bytes = await readFile(path)
    bytes[bytes.length - 1]! ^= 1
    await writeFile(path, bytes)
    await expect(readCheckpoint(path)).rejects.toMatchObject({ name: 'ModelFormatError', code: 'CHECKPOINT_DAMAGED' })
    await writeFile(path, encodeSafetensors({ tensors: state, metadata: {} }))
    await expect(readCheckpoint(path)).rejects.toMatchObject({ name: 'ModelFormatError', code: 'CHECKPOINT_FOREIGN' })
  })
})

describe('CheckpointStore', () => {
  it('removes what a killed process left behind, and nothing that it does not know', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, '.000010.safetensors.123.tmp'), 'half')
    await writeFile(join(folder, 'notes.txt'), 'mine')
    await new CheckpointStore(folder).save(checkpoint, 1)
    expect(await readdir(folder)).toEqual(['000012.safetensors', 'notes.txt'])
  })

  it('orders by step, beyond a million too', async () => {
    const folder = await temporaryFolder()
    for (const name of ['1000000', '999999', '000002']) await writeFile(join(folder, `${name}.safetensors`), '')
    const names = (await new CheckpointStore(folder).list()).map((path) => path.slice(folder.length + 1))
    expect(names).toEqual(['000002.safetensors', '999999.safetensors', '1000000.safetensors'])
  })
})

describe('hashState', () => {
  it('depends on names, shapes and bytes, not on order', () => {
    const { a, b } = state
    expect(hashState({ b, a })).toBe(hashState({ a, b }))
    const others = [{ a }, { a: b, b: a }, { a, b: float32([1], [3]) }, { a, b: float32([], [4]) }]
    expect(new Set([state, ...others].map(hashState)).size).toBe(5)
  })
})
