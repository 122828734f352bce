import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { float32, imageField, labelField, type ModelManifest, type NDArray } from '@gantry/core'
import { decodePng } from '@gantry/modalities'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { LoadedGenerator } from '../generators/load-generator.ts'
import { writeWalk } from './write-walk.ts'

const seen: Record<string, NDArray>[] = []

/** Draws two pixels: the cosine and sine of where its latent vector points. */
const generator: LoadedGenerator = {
  path: 'compass.onnx',
  manifest: {
    variant: 'compass',
    inputs: {
      latent: { modality: 'latent', dtype: 'float32', shape: [2], drawn: 'normal' },
      kind: labelField(['none', 'some']),
      grain: { modality: 'noise', dtype: 'float32', shape: [3], drawn: 'normal' },
    },
    outputs: { samples: imageField([1, 2, 1]) },
  } as unknown as ModelManifest,
  evaluate: async (inputs) => {
    seen.push({ ...inputs })
    const rows = inputs.latent!.shape[0]!
    const values = inputs.latent!.data as Float32Array
    const pixels = Array.from({ length: rows * 2 }, (_, index) => {
      const pair = values.subarray(index - (index % 2), index - (index % 2) + 2)
      return pair[index % 2]! / Math.hypot(...pair)
    })
    return { samples: float32([rows, 1, 2, 1], pixels) }
  },
  dispose: async () => {},
}

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-walk-'))
})
afterAll(() => rm(root, { recursive: true }))

it('turns steadily from seed to seed, and nothing else moves', async () => {
  const out = `${join(root, 'frames')}/`
  await writeWalk(generator, { seeds: [1, 2], frames: 9, loop: false, out })
  const names = await readdir(out)
  expect(names).toHaveLength(9)
  const angles = await Promise.all(
    names.sort().map(async (name) => {
      const { data } = decodePng(new Uint8Array(await readFile(join(out, name))))
      return Math.atan2(data[1]! / 127.5 - 1, data[0]! / 127.5 - 1)
    }),
  )
  const turn = (from: number, to: number) => ((to - from + 3 * Math.PI) % (2 * Math.PI)) - Math.PI
  const steps = angles.slice(1).map((angle, index) => turn(angles[index]!, angle))
  expect(Math.abs(steps[0]!)).toBeGreaterThan(0.02)
  for (const step of steps) expect(step).toBeCloseTo(steps[0]!, 1)
  const { kind, grain } = seen.at(-1)!
  expect(new Set([...kind!.data].map(Number)).size).toBe(1)
  expect([...grain!.data.subarray(3, 6)]).toEqual([...grain!.data.subarray(0, 3)])
})

it('writes a film that goes on for ever', async () => {
  const done: number[] = []
  const out = join(root, 'new', 'film.webp')
  const onProgress = (frames: number) => done.push(frames)
  await writeWalk(generator, { seeds: [1, 2, 3], frames: 12, milliseconds: 50, out, onProgress })
  const { delay, ...film } = await sharp(out, { animated: true }).metadata()
  expect(film).toMatchObject({ loop: 0, width: 2, pageHeight: 1 })
  // Pictures that are alike are kept as one that lasts longer.
  expect(film.pages).toBeGreaterThan(3)
  expect(delay!.reduce((sum, each) => sum + each, 0)).toBe(12 * 50)
  expect(done.at(-1)).toBe(12)
})

it('says what has no film', async () => {
  const write = (request: object) =>
    writeWalk(generator, { seeds: [1, 2], frames: 4, out: join(root, 'film.gif'), ...request })
  await expect(write({ out: 'film.png' })).rejects.toMatchObject({ code: 'OUT_INVALID' })
  await expect(write({ seeds: [] })).rejects.toMatchObject({ code: 'WAY_INVALID' })
  await expect(write({ signal: AbortSignal.abort('stopped') })).rejects.toBe('stopped')
  const { latent: _, ...inputs } = generator.manifest.inputs
  const without = { ...generator, manifest: { ...generator.manifest, inputs } }
  await expect(writeWalk(without, { seeds: [1, 2], frames: 4, out: 'film.webp' })).rejects.toMatchObject({
    code: 'LATENT_MISSING',
    message: expect.stringContaining('compass takes kind, grain'),
  })
  expect((await readdir(root)).sort()).toEqual(['frames', 'new'])
})
