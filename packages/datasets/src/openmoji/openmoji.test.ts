import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Batch } from '@gantry/core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OpenedDataset } from '../opened-dataset.ts'
import { outsideOfWorkspaces } from '../testing/outside-of-workspaces.ts'
import { floats } from '../testing/values-of.ts'
import { openFluent } from './fluent.ts'
import { openOpenmoji } from './openmoji.ts'
import { codePointsOf } from './openmoji-files.ts'
import { openOpenmojiFluent } from './openmoji-fluent.ts'

/** Hexadecimal code points, the same without a skin tone, and the grey of the drawing's right half. */
const drawings = [
  ['1F44B', '', 0],
  ['1F44B-1F3FD', '1F44B', 50],
  ['0023-FE0F-20E3', '', 100],
  ['F8FF', '', 150],
] as const

const GROUPS = [
  ['1F44B', 'people-body'],
  ['F8FF', 'extras-openmoji'],
] as const

/** Black on the left, and this grey on the right; what is in the middle is nothing. */
const svg = (grey: number) =>
  `<svg viewBox="0 0 72 72" xmlns="http://www.w3.org/2000/svg"><path d="M0 0h24v72h-24z"/><path fill="rgb(${grey},${grey},${grey})" d="M48 0h24v72h-24z"/></svg>`

async function install(name: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  const folder = join(root, 'node_modules', name)
  const all = { 'package.json': JSON.stringify({ name, version: '17.0.0' }), ...files }
  for (const [path, content] of Object.entries(all)) {
    await mkdir(join(folder, path, '..'), { recursive: true })
    await writeFile(join(folder, path), content)
  }
}

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-openmoji-'))
  const entries = drawings.map(([hexcode, base]) => ({
    hexcode,
    annotation: `name of ${hexcode}`,
    group: GROUPS.find(([start]) => hexcode.startsWith(start))?.[1] ?? 'symbols',
    skintone_base_hexcode: base,
  }))
  await install('openmoji', {
    'data/openmoji.json': JSON.stringify(entries),
    ...Object.fromEntries(drawings.map(([hexcode]) => [`black/svg/${hexcode}.svg`, svg(255)])),
    ...Object.fromEntries(drawings.map(([hexcode, , grey]) => [`color/svg/${hexcode}.svg`, svg(grey)])),
  })
  const flat = (grey: number) =>
    sharp({ create: { width: 32, height: 32, channels: 4, background: { r: grey, g: grey, b: grey } } })
      .webp({ lossless: true })
      .toBuffer()
  await install('@lobehub/fluent-emoji-3d', {
    'assets/1f44b-1f3fd.webp': await flat(10),
    'assets/23-fe0f-20e3.webp': await flat(20),
    'assets/1f600.webp': await flat(30),
  })
})
afterAll(() => rm(root, { recursive: true }))

async function all(dataset: OpenedDataset): Promise<Batch> {
  return (await dataset.batches({ batchSize: dataset.size, seed: 1 }).next()).value as Batch
}

const byte = (value: number) => Math.round((value + 1) * 127.5)

describe('openmoji', () => {
  it('is drawn at the size that is asked for, with sharp edges, on white', async () => {
    const dataset = await openOpenmoji({ size: 144 }, [root])
    expect(dataset).toMatchObject({ size: 4, fields: { outline: { shape: [144, 144, 3] } } })
    const { colour, outline } = await all(dataset)
    const greys: number[] = []
    for (let sample = 0; sample < 4; sample++) {
      const at = (field: Float32Array, column: number) => byte(field[((sample * 144 + 72) * 144 + column) * 3]!)
      const [drawn, lines] = [colour!.data as Float32Array, outline!.data as Float32Array]
      greys.push(at(drawn, 96))
      // An enlarged picture of 72 pixels would have a blurred edge.
      expect([at(drawn, 47), at(drawn, 48), at(drawn, 95), at(lines, 96)]).toEqual([0, 255, 255, 255])
    }
    expect(greys.sort((left, right) => left - right)).toEqual([0, 50, 100, 150])
  })

  it('has the categories that occur: those of Unicode in its order, then others as they are called', async () => {
    const dataset = await openOpenmoji({}, [root])
    expect(dataset.fields.label!.names).toEqual(['People & Body', 'Symbols', 'extras-openmoji'])
    expect(dataset.labelCounts).toEqual([2, 1, 1])
  })

  it('says which package is missing', async () => {
    outsideOfWorkspaces()
    await expect(openOpenmoji({}, ['/'])).rejects.toMatchObject({
      code: 'DATASET_PACKAGE_MISSING',
      fix: 'Run: npm i openmoji@17',
    })
  })

  it('keeps skin tones of one emoji together', async () => {
    const { samples } = await openOpenmoji({}, [root])
    expect([0, 1, 2].map((index) => samples!.groupOf!(index))).toEqual(['1F44B', '1F44B', '23-20E3'])
  })
})

describe('fluent', () => {
  it('has the objects alone, by the categories that occur, under the names and groups of OpenMoji', async () => {
    const dataset = await openFluent({ size: 32 }, [root])
    expect(dataset).toMatchObject({ name: 'fluent', size: 2, labelCounts: [1, 1] })
    expect(dataset.fields.label!.names).toEqual(['People & Body', 'Symbols'])
    const { samples } = dataset
    expect(samples!.nameOf!(0)).toBe('name of 1F44B-1F3FD (1F44B-1F3FD)')
    expect([0, 1].map((index) => [samples!.groupOf!(index), samples!.labelOf!(index)])).toEqual([
      ['1F44B', 0],
      ['23-20E3', 1],
    ])
    const batch = await all(dataset)
    expect([0, 1].map((sample) => byte(floats(batch, 'image')[sample * 32 * 32 * 3]!)).sort()).toEqual([10, 20])
  })

  it('says which package is missing', async () => {
    await expect(openFluent({}, ['/'])).rejects.toMatchObject({ code: 'DATASET_PACKAGE_MISSING' })
  })
})

describe('openmoji-fluent', () => {
  it('brings together what has the same code points', async () => {
    const dataset = await openOpenmojiFluent({ size: 32 }, [root])
    expect(dataset).toMatchObject({ size: 2, labelCounts: [1, 1], description: { skipped: [] } })
    const batch = await all(dataset)
    const reds = [0, 1].map((sample) => byte(floats(batch, 'object')[sample * 32 * 32 * 3]!))
    expect(reds.sort()).toEqual([10, 20])
    expect(dataset.samples!.nameOf!(0)).toBe('outline: name of 1F44B-1F3FD (1F44B-1F3FD)')
  })

  it('compares names as they are written in both packages', () => {
    expect(['0023-FE0F-20E3', '1f3f4-e0067_e0062', '00a9-fe0f'].map(codePointsOf)).toEqual([
      '23-20E3',
      '1F3F4-E0067-E0062',
      'A9',
    ])
  })
})
