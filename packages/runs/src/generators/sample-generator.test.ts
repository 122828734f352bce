import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { float32, imageField, type NDArray } from '@gantry/core'
import { expect, it } from 'vitest'
import type { LoadedGenerator } from './load-generator.ts'
import { writeSamples } from './sample-generator.ts'

/** Makes grey images of two by two pixels. */
const generator = {
  path: 'grey.onnx',
  manifest: {
    variant: 'grey',
    inputs: { latent: { modality: 'latent', dtype: 'float32', shape: [1], drawn: 'normal' } },
    outputs: { image: imageField([2, 2, 1]) },
  },
  evaluate: async ({ latent }: Record<string, NDArray>) => {
    const rows = latent!.shape[0]!
    return { image: float32([rows, 2, 2, 1], new Array(rows * 4).fill(0)) }
  },
  dispose: async () => {},
} as unknown as LoadedGenerator

it('says which older files lie in a folder, and makes folders that are missing', async () => {
  const root = await mkdtemp(join(tmpdir(), 'gantry-samples-'))
  try {
    const notes: string[] = []
    const write = (count: number, out: string) =>
      writeSamples(generator, { seed: 0, count, out: join(root, out), onNote: (text) => notes.push(text) })
    await write(3, 'x/y/')
    expect(notes).toEqual([])
    await write(1, 'x/y/')
    expect(notes).toEqual([
      expect.stringMatching(/^1 older file in .*y\/ was replaced\.$/),
      expect.stringMatching(
        /y\/ holds 2 older files beside the samples of this call: 000001\.png, 000002\.png\. Name a new/,
      ),
    ])
    await write(1, 'z/all.png')
    expect(await readdir(join(root, 'z'))).toEqual(['all.png'])
  } finally {
    await rm(root, { recursive: true })
  }
})

it('writes over nothing that its inputs were read from, as a file or in a folder', async () => {
  const root = await mkdtemp(join(tmpdir(), 'gantry-samples-'))
  try {
    const files = ['a.png', 'b.png'].map((name) => join(root, name))
    for (const file of files) await writeFile(file, 'mine')
    const usual = { seed: 0, count: 2, files }
    for (const request of [{ out: files[1]! }, { out: root, names: ['new', 'b'] }]) {
      await expect(writeSamples(generator, { ...usual, ...request })).rejects.toMatchObject({ code: 'OUT_IS_INPUT' })
    }
    expect((await readdir(root)).sort()).toEqual(['a.png', 'b.png'])
    expect(await readFile(files[1]!, 'utf8')).toBe('mine')
    await writeSamples(generator, { ...usual, out: root, names: ['c', 'd'] })
    expect(await readdir(root)).toHaveLength(4)
  } finally {
    await rm(root, { recursive: true })
  }
})
