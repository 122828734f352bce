import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { float32, imageField, labelField, type ModelManifest } from '@gantry/core'
import { openDataset } from '@gantry/datasets'
import { decodePng } from '@gantry/modalities'
import { describe, expect, it } from 'vitest'
import type { LoadedGenerator } from './load-generator.ts'
import { writeByClass } from './write-by-class.ts'

/** Draws one pixel whose brightness is its class. */
function generatorOf(names: readonly string[], conditional = true): LoadedGenerator {
  const inputs = conditional ? { kind: labelField(names) } : {}
  const manifest = { variant: 'cgan', inputs, outputs: { samples: imageField([1, 1, 1]) } } as unknown as ModelManifest
  return {
    path: 'generator.onnx',
    manifest,
    evaluate: async ({ kind }) => ({
      samples: float32(
        [kind!.shape[0]!, 1, 1, 1],
        [...kind!.data].map((own) => Number(own) - 1),
      ),
    }),
    dispose: async () => {},
  }
}

const fresh = async () => join(await mkdtemp(join(tmpdir(), 'gantry-classes-')), 'out')

describe('writeByClass', () => {
  it('writes what a folder data set reads, class by class', async () => {
    const out = await fresh()
    expect(await writeByClass(generatorOf(['cat', 'dog', 'owl']), { count: 70, seed: 3, out })).toEqual([
      'cat',
      'dog',
      'owl',
    ])
    expect(await readdir(join(out, 'owl'))).toHaveLength(70)
    const pixel = async (name: string) => decodePng(new Uint8Array(await readFile(join(out, name)))).data[0]
    expect(await pixel('cat/seed3-000069.png')).toBe(0)
    expect(await pixel('owl/seed3-000000.png')).toBe(255)
    const dataset = await openDataset(`folder:${out}`, { size: 1 })
    expect([dataset.size, dataset.labelCounts]).toEqual([210, [70, 70, 70]])
    await dataset.dispose?.()
  })

  it('gives names that every system takes, each its own', async () => {
    const names = ['a/b', 'A/B', '..', '', 'con:fetti', 'plain\n']
    const folders = await writeByClass(generatorOf(names), { count: 1, seed: 0, out: await fresh() })
    expect(folders).toEqual(['a-b-0', 'A-B-1', '2', '3', 'con-fetti', 'plain-'])
  })

  it('refuses generators whose samples have no class, and leaves nothing', async () => {
    const out = await fresh()
    await expect(writeByClass(generatorOf([], false), { count: 1, seed: 0, out })).rejects.toMatchObject({
      code: 'CLASSES_MISSING',
    })
    await expect(readdir(out)).rejects.toThrow()
  })
})
