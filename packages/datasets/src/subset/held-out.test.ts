import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { absoluteDatasetName, openDataset } from '../index.ts'
import type { OpenedDataset } from '../opened-dataset.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-held-out-'))
})
afterEach(() => rm(root, { recursive: true }))

async function draw(...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    const create = { width: 32, height: 16, channels: 3, background: 'white' } as const
    await sharp({ create }).toFile(join(root, path))
  }
}

const namesOf = ({ samples, size }: OpenedDataset) =>
  Array.from({ length: size }, (_, index) => samples!.nameOf?.(index) ?? String(index))

describe('held-out:DATASET and training:DATASET', () => {
  it('are a tenth, drawn by name, and the rest', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `${index}.png`)
    await draw(...names.map((name) => `all/${name}`), ...names.slice(0, 40).map((name) => `fewer/${name}`))
    const [all, fewer] = [`folder:${join(root, 'all')}`, `folder:${join(root, 'fewer')}`]
    const held = namesOf(await openDataset(`held-out:${all}`))
    const rest = await openDataset(`training:${all}`)
    expect(rest.name).toBe(`training:${all}`)
    expect([...held, ...namesOf(rest)].sort()).toEqual(names.sort())
    // The rule is for ever: scores of other machines, and of earlier ones, are of the same samples.
    expect(held.sort()).toEqual(HELD)
    // What else is there, and where, changes nothing for a sample.
    const ofFewer = namesOf(await openDataset(`held-out:${fewer}`))
    expect(ofFewer.sort()).toEqual(held.filter((name) => Number.parseInt(name, 10) < 40).sort())
  })

  it('hold one out at least, and share no sample of one thing', async () => {
    await draw('two/a.png', 'two/b.png')
    const two = `folder:${join(root, 'two')}`
    expect([(await openDataset(`held-out:${two}`)).size, (await openDataset(`training:${two}`)).size]).toEqual([1, 1])
    const points = await openDataset('held-out:ring8')
    expect(points.size).toBeGreaterThan(9_500)
    expect(points.size).toBeLessThan(10_500)
  })

  it('are what authors hold out, where they do', async () => {
    expect(await openDataset('held-out:mnist')).toMatchObject({ name: 'mnist-test', size: 10_000 })
    expect(await openDataset('training:mnist')).toMatchObject({ name: 'mnist', size: 60_000 })
    expect(await openDataset('held-out:few:2,mnist')).toMatchObject({ name: 'few:2,mnist-test', size: 20 })
    await draw('facades/train/1.png', 'facades/train/2.png', 'facades/val/3.png', 'facades/test/4.png')
    const facades = `pair-image:${join(root, 'facades')}`
    expect(namesOf(await openDataset(`held-out:${facades}`))).toEqual(['4.png'])
    expect(namesOf(await openDataset(`training:${facades}`))).toEqual(['train/1.png', 'train/2.png'])
    await rm(join(root, 'facades/test'), { recursive: true })
    expect(namesOf(await openDataset(`held-out:folder:${join(root, 'facades')}`))).toEqual(['3.png'])
  })

  it('have the layouts of the authors of CycleGAN and of Pix2Pix', async () => {
    await draw('horses/trainA/1.png', 'horses/trainB/2.png', 'horses/testA/3.png', 'horses/testB/4.png')
    const horses = `unpaired:${join(root, 'horses')}`
    const [a, b] = ['trainA', 'trainB'].map((name) => `folder:${join(root, 'horses', name)}`)
    expect((await openDataset(horses)).name).toBe(`unpaired:${a},${b}`)
    expect((await openDataset(`training:${horses}`)).name).toBe(`unpaired:${a},${b}`)
    const held = await openDataset(`held-out:${horses}`)
    expect(held.name).toBe(`unpaired:${a},${b}`.replaceAll('train', 'test'))
    await rm(join(root, 'horses/trainB'), { recursive: true })
    await expect(openDataset(horses)).rejects.toMatchObject({
      code: 'UNPAIRED_INVALID',
      message: expect.stringContaining("it has not both 'trainA' and 'trainB' below it"),
    })

    await draw(
      'maps/A/train/1.png',
      'maps/B/train/1.png',
      'maps/A/test/2.png',
      'maps/B/test/2.jpg',
      'maps/B/test/3.jpg',
    )
    const maps = `paired:${join(root, 'maps')}`
    expect(namesOf(await openDataset(maps))).toEqual(['train/1.png'])
    const test = await openDataset(`held-out:${maps}`)
    expect(namesOf(test)).toEqual(['2.png'])
    expect(test.description.skipped).toMatchObject([
      { name: '3.jpg', reason: expect.stringContaining('no other half') },
    ])
    await draw('night/trainA/1.png', 'night/trainB/1.png', 'night/valA/2.png', 'night/valB/2.png')
    expect(namesOf(await openDataset(`held-out:paired:${join(root, 'night')}`))).toEqual(['2.png'])
  })

  it('know their data from any working directory', () => {
    const here = (path: string) => join(process.cwd(), path)
    expect(
      ['training:folder:a', 'few:2,folder:folder', 'unpaired:held-out:pair-image:a,folder:b', 'mnst:x', 'mnist'].map(
        absoluteDatasetName,
      ),
    ).toEqual([
      `training:folder:${here('a')}`,
      `few:2,folder:${here('folder')}`,
      `unpaired:held-out:pair-image:${here('a')},folder:${here('b')}`,
      'mnst:x',
      'mnist',
    ])
  })

  it('are of something', async () => {
    await expect(openDataset('held-out:')).rejects.toMatchObject({ code: 'DATASET_PARAMETER_MISSING' })
    await expect(openDataset('held-out:mnits')).rejects.toMatchObject({ code: 'DATASET_UNKNOWN' })
  })
})

const HELD = ['17', '19', '24', '26', '27', '34', '41', '51', '55'].map((name) => `${name}.png`)
