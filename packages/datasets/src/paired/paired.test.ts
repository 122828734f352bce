import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDataset } from '../open-dataset.ts'
import { floats } from '../testing/values-of.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry, pairs-'))
})
afterEach(() => rm(root, { recursive: true }))

const rejection = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) })

/** A picture of these colours, in columns of equal width. */
async function draw(path: string, colours: readonly string[], [width, height] = [16, 16]): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  const column = width! / colours.length
  const columns = colours.map((background, index) => ({
    input: { create: { width: column, height: height!, channels: 3 as const, background } },
    left: index * column,
    top: 0,
  }))
  const create = { width: width!, height: height!, channels: 3 as const, background: 'white' }
  await sharp({ create }).composite(columns).toFile(join(root, path))
}

const names = (skipped: readonly { readonly name: string; readonly reason: string }[]) =>
  skipped.map(({ name, reason }) => `${name} ${reason.replaceAll(root, '')}`).sort()

/** Red of the first pixel of each side, by samples. */
async function redsOf(name: string) {
  const dataset = await openDataset(name, { size: 8 })
  for await (const batch of dataset.batches({ batchSize: dataset.size, seed: 1 })) {
    const [a, b] = [floats(batch, 'a'), floats(batch, 'b')]
    const reds = Array.from({ length: dataset.size }, (_, index) => [a[index * 192]!, b[index * 192]!])
    return { dataset, reds }
  }
  throw new Error('no batch')
}

describe('paired:A,B', () => {
  it('brings together what is called alike, and names what it leaves out', async () => {
    await draw('a/sub/1.png', ['#ff0000'])
    await draw('b/sub/1.jpg', ['#00ff00'])
    await draw('a/2.png', ['#800000'], [32, 32])
    await draw('b/2.webp', ['#ffffff'])
    await draw('a/3.png', ['#000000'])
    await draw('b/4.png', ['#000000'])
    await draw('a/5.png', ['#000000'])
    await draw('b/5.png', ['#000000'], [16, 32])
    await draw('a/2.jpg', ['#000000'])
    const { dataset, reds } = await redsOf(`paired:${join(root, 'a')},${join(root, 'b')}`)
    expect(dataset).toMatchObject({ size: 2, fields: { a: { shape: [8, 8, 3] }, b: { modality: 'image' } } })
    expect(names(dataset.description.skipped)).toEqual([
      "2.png is called as '2.jpg' is",
      "3.png has no other half in '/b'",
      "4.png has no other half in '/a'",
      '5.png is 16×16, but its other half 16×32',
    ])
    // Of a JPEG the red of green is nearly nothing.
    const sorted = reds.map(([a, b]) => [Math.round(a!), Math.round(b!)]).sort((left, right) => left[0]! - right[0]!)
    expect(sorted).toEqual([
      [-1, 1],
      [1, -1],
    ])
  })

  it('refuses what is no two folders, and folders without a pair', async () => {
    await draw('a/1.png', ['#000000'])
    await draw('b/2.png', ['#000000'])
    await expect(openDataset('paired:nowhere')).rejects.toThrow(rejection('PAIRED_INVALID', /should name two folders/))
    await expect(openDataset(`paired:${join(root, 'a')},${join(root, 'b')}`)).rejects.toThrow(
      rejection('PAIRS_MISSING', /'1\.png' is the first there, '2\.png' here/),
    )
    await expect(openDataset('paired:/nowhere,/elsewhere')).rejects.toThrow(rejection('FOLDER_NOT_FOUND', /nowhere/))
  })
})

describe('pair-image:PATH', () => {
  it('has the left half as a and the right one as b, of the training split', async () => {
    await draw('facades/train/1.png', ['#ff0000', '#000000'], [32, 16])
    await draw('facades/train/2.jpg', ['#000000', '#ff0000'], [32, 16])
    await draw('facades/test/1.png', ['#00ff00', '#000000'], [32, 16])
    const { dataset, reds } = await redsOf(`pair-image:${join(root, 'facades')}`)
    expect(dataset.size).toBe(2)
    expect(dataset.description.skipped).toHaveLength(1)
    expect(reds.map((pair) => pair.map(Math.round)).sort((left, right) => left[0]! - right[0]!)).toEqual([
      [-1, 1],
      [1, -1],
    ])
  })
})
