import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { type Batch, DataError, type Dataset, imageField, labelField } from '@gantry/core'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DecodedSourceOptions, decodedSource } from '../images/decoded-source.ts'
import { openDataset } from '../index.ts'
import { floats, integers } from '../testing/values-of.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-folder-'))
})
afterEach(() => rm(root, { recursive: true }))

async function write(path: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), bytes)
}

/** A flat grey image, told from the others by its value. */
async function image(path: string, value = 100, side = 16): Promise<void> {
  const background = { r: value, g: value, b: value }
  await write(
    path,
    await sharp({ create: { width: side, height: side, channels: 3, background } })
      .png()
      .toBuffer(),
  )
}

/** Good header, damaged pixels. */
async function damaged(path: string): Promise<void> {
  const noise = Uint8Array.from({ length: 64 * 64 }, (_, index) => (index * 7919) % 251)
  const bytes = await sharp(noise, { raw: { width: 64, height: 64, channels: 1 } })
    .png()
    .toBuffer()
  await write(path, bytes.subarray(0, bytes.length / 2))
}

const open = (options: Parameters<typeof openDataset>[1] = {}) => openDataset(`folder:${root}`, { size: 8, ...options })

async function take(dataset: Dataset, count: number, from = 0, batchSize = 4): Promise<Batch[]> {
  const batches: Batch[] = []
  for await (const batch of dataset.batches({ batchSize, seed: 5, from })) if (batches.push(batch) === count) break
  return batches
}

/** Value of each flat image of the batches. */
const valuesOf = (batches: Batch[]) =>
  batches.flatMap((batch) => {
    const [rows] = batch.image!.shape
    const pixels = floats(batch, 'image')
    const length = pixels.length / rows!
    return Array.from({ length: rows! }, (_, row) => Math.round((pixels[row * length]! + 1) * 127.5))
  })

describe('a folder of images', () => {
  it('gives 64 pixels and 3 channels in [-1, 1] by default', async () => {
    await image('a.png', 0)
    await image('b.PNG', 255)
    const dataset = await openDataset(`folder:${root}`)
    expect(dataset).toMatchObject({ name: `folder:${root}`, size: 2 })
    expect(dataset.fields).toEqual({ image: imageField([64, 64, 3]) })
    expect(dataset.description).toEqual({ source: root, licence: "that of the folder's images", skipped: [] })
    const [batch] = await take(dataset, 1)
    expect(Object.keys(batch!)).toEqual(['image'])
    expect(batch!.image!.shape).toEqual([4, 64, 64, 3])
    expect(new Set(floats(batch!, 'image'))).toEqual(new Set([-1, 1]))
  })

  it('gives grey images on demand', async () => {
    await image('a.png')
    const dataset = await open({ channels: 1 })
    expect(dataset.fields.image!.shape).toEqual([8, 8, 1])
    expect((await take(dataset, 1))[0]!.image!.shape).toEqual([4, 8, 8, 1])
  })

  it('takes the first level of sub-folders as labels', async () => {
    await image('dogs/b.png', 10)
    await image('cats/2021/may/a.png', 20)
    await image('cats/c.png', 30)
    await image('birds/d.jpeg', 40)
    const dataset = await open()
    expect(dataset.fields.label).toEqual(labelField(['birds', 'cats', 'dogs']))
    const batches = await take(dataset, 1)
    const labelOfValue = new Map([
      [10, 2],
      [20, 1],
      [30, 1],
      [40, 0],
    ])
    expect([...integers(batches[0]!)]).toEqual(valuesOf(batches).map((value) => labelOfValue.get(value)))
  })

  it('has no labels when images lie in the folder itself, or all in one sub-folder', async () => {
    await image('all/a.png')
    await image('all/b.png')
    expect((await open()).fields).not.toHaveProperty('label')
    await image('more/c.png')
    expect((await open()).fields.label!.names).toEqual(['all', 'more'])
    await image('d.png')
    expect((await open()).fields).not.toHaveProperty('label')
  })

  it('takes the training split and its classes, and names the rest', async () => {
    for (const name of ['train/cats/a.png', 'train/dogs/b.png', 'test/cats/c.png', 'val/d.png'])
      await image(`set/${name}`)
    await image('set/train/dogs/e.gif')
    const dataset = await open()
    expect([dataset.size, dataset.fields.label!.names]).toEqual([2, ['cats', 'dogs']])
    expect(dataset.description.skipped.map(({ name, reason }) => `${name} ${reason}`)).toEqual([
      'set/train/dogs/e.gif is a .gif file, not PNG, JPEG or WebP',
      "set/test/cats/c.png is not of the split 'train': name its own path to have it",
      "set/val/d.png is not of the split 'train': name its own path to have it",
    ])
    // Of a split that is no training, nothing is left out for it.
    await expect(open({ strict: true })).rejects.toThrow(/e\.gif/)
    await rm(join(root, 'set/train/dogs/e.gif'))
    expect((await open({ strict: true })).size).toBe(2)
  })

  it('comes to an end where folders link to each other', async () => {
    const folders = Array.from({ length: 9 }, (_, index) => join(root, `f${index}`))
    for (const folder of folders) await mkdir(folder)
    for (const folder of folders) {
      for (const [index, other] of folders.entries())
        if (other !== folder) await symlink(other, join(folder, `l${index}`))
    }
    await image('f8/a.png')
    const { size, description } = await open()
    expect(size).toBeLessThan(200)
    expect(description.skipped.some(({ reason }) => reason === 'is linked to more than 100 times')).toBe(true)
  })

  it('visits each image once an epoch and resumes exactly', async () => {
    for (let index = 0; index < 10; index++) await image(`${index}.png`, index * 20)
    const dataset = await open()
    const whole = await take(dataset, 10)
    const epoch = valuesOf(whole).slice(0, 10)
    expect(epoch.toSorted((left, right) => left - right)).toEqual([0, 20, 40, 60, 80, 100, 120, 140, 160, 180])
    expect(await take(await open(), 7, 3)).toEqual(whole.slice(3))
    expect(await take(await open(), 1, 0, 25)).toMatchObject([{ image: { shape: [25, 8, 8, 3] } }])
  })

  it('reports progress and can be stopped', async () => {
    for (let index = 0; index < 40; index++) await image(`${index}.png`)
    const progress: number[] = []
    await open({ onProgress: ({ done, total }) => progress.push(done / total!) })
    expect(progress).toHaveLength(40)
    expect(progress.at(-1)).toBe(1)
    const controller = new AbortController()
    const opening = open({ signal: controller.signal, onProgress: () => controller.abort('stopped') })
    await expect(opening).rejects.toBe('stopped')
  })

  it('streams on after dispose, from the files', async () => {
    await image('a.png', 50)
    const dataset = await open()
    await take(dataset, 2)
    await dataset.dispose!()
    expect(valuesOf(await take(dataset, 1))).toEqual([50, 50, 50, 50])
  })

  it('follows links, except round in circles, and ignores hidden and other files', async () => {
    await image('cats/a.png')
    await symlink(join(root, 'cats'), join(root, 'dogs'))
    await symlink(root, join(root, 'cats/again'))
    await symlink(join(root, 'nowhere.png'), join(root, 'cats/broken.png'))
    await write('.hidden/a.png', 'x')
    await write('cats/._a.png', 'x')
    await write('readme.txt', 'x')
    const dataset = await open()
    expect(dataset.fields.label!.names).toEqual(['cats', 'dogs'])
    expect(dataset.size).toBe(2)
    const reason = expect.stringMatching(/^cannot be read \(ENOENT/)
    expect(dataset.description.skipped).toEqual([
      { name: 'cats/broken.png', reason },
      { name: 'dogs/broken.png', reason },
    ])
  })

  it('takes paths relative to the working directory', async () => {
    await image('a.png')
    const path = relative(process.cwd(), root)
    expect((await openDataset(`folder:${path}`)).description.source).toBe(root)
  })
})

describe('bad input', () => {
  const rejection = (code: string, message: RegExp) => ({ code, exitCode: 1, message: expect.stringMatching(message) })

  it('names a path that is missing or no folder', async () => {
    await write('a.png', 'x')
    await expect(openDataset(`folder:${root}/nowhere`)).rejects.toMatchObject(
      rejection('FOLDER_NOT_FOUND', /nowhere' cannot be opened: there is no such path/),
    )
    await expect(openDataset(`folder:${root}/a.png`)).rejects.toMatchObject(
      rejection('FOLDER_NOT_A_DIRECTORY', /a.png' is a file, but a folder of images is needed/),
    )
    await expect(openDataset('folder:~/gantry-no-such-folder')).rejects.toThrow(/^(?!.*~)/)
  })

  it.skipIf(process.getuid?.() === 0)('names a folder that may not be read', async () => {
    await chmod(root, 0o000)
    await expect(open()).rejects.toMatchObject(rejection('FOLDER_NOT_FOUND', /EACCES/))
    await chmod(root, 0o700)
  })

  it('says what an empty folder holds instead of images', async () => {
    await expect(open()).rejects.toMatchObject(rejection('FOLDER_EMPTY', /file, and no other\./))
    await write('a.gif', 'x')
    await write('deep/b.gif', 'x')
    await write('LICENSE', 'x')
    await expect(open()).rejects.toMatchObject(
      rejection('FOLDER_EMPTY', /only 1 without extension, 2 \.gif\. Convert them/),
    )
    await expect(open()).rejects.toBeInstanceOf(DataError)
  })

  it('leaves unusable images out, with reasons', async () => {
    await image('a.png', 10)
    await write('b.png', 'this is text')
    await image('c.png', 30, 1)
    await write('d.jpg', '')
    await image('e.png', 50)
    const dataset = await open()
    expect(dataset.size).toBe(2)
    expect(dataset.description.skipped).toEqual([
      { name: 'b.png', reason: 'cannot be decoded (Input file contains unsupported image format)' },
      { name: 'c.png', reason: 'is 1×1, smaller than 8 pixels' },
      { name: 'd.jpg', reason: 'cannot be decoded (Input file contains unsupported image format)' },
    ])
    expect(new Set(valuesOf(await take(dataset, 3)))).toEqual(new Set([10, 50]))
  })

  it('fails for the first unusable image when strict', async () => {
    await image('a.png')
    await write('b.png', 'this is text')
    await image('c.png', 30, 1)
    await expect(open({ strict: true })).rejects.toMatchObject(
      rejection(
        'IMAGE_UNREADABLE',
        /b\.png' cannot be decoded \(Input file contains unsupported image format\)\. Remove it/,
      ),
    )
  })

  it('fails when no image can be used', async () => {
    await write('a.png', 'this is text')
    await image('b.png', 30, 1)
    await expect(open()).rejects.toMatchObject(
      rejection('FOLDER_UNUSABLE', /None of the 2 images .* the first, 'a.png', cannot be decoded/),
    )
  })
})

describe('images that fail while they are streamed', () => {
  beforeEach(async () => {
    for (let index = 0; index < 6; index++) await image(`${index}.png`, index * 20)
    await damaged('3.png')
  })

  it('are replaced by the next of the folder, and listed once', async () => {
    const dataset = await open()
    expect(dataset.size).toBe(6)
    expect(dataset.description.skipped).toEqual([])
    const values = valuesOf(await take(dataset, 3))
    expect(values.slice(0, 6).toSorted((left, right) => left - right)).toEqual([0, 20, 40, 80, 80, 100])
    expect(dataset.description.skipped).toEqual([
      { name: '3.png', reason: expect.stringMatching(/^cannot be decoded/) },
    ])
  })

  it('stay out for good, so that the batches do not depend on when a file was repaired', async () => {
    const dataset = await open()
    const whole = await take(dataset, 3)
    await image('3.png', 200)
    expect(await take(dataset, 3)).toEqual(whole)
  })

  it('do not make a resumed stream differ', async () => {
    const whole = await take(await open(), 8)
    for (const from of [1, 2, 5]) expect(await take(await open(), 8 - from, from)).toEqual(whole.slice(from))
  })

  it('carry the label of their replacement', async () => {
    for (let index = 0; index < 6; index++) await rm(join(root, `${index}.png`))
    await damaged('cats/a.png')
    await image('dogs/b.png', 70)
    const [batch] = await take(await open(), 1)
    expect([...integers(batch!)]).toEqual([1, 1, 1, 1])
  })

  it('end the stream when strict, naming the file', async () => {
    const dataset = await open({ strict: true })
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(take(dataset, 3)).rejects.toMatchObject({
        code: 'IMAGE_UNREADABLE',
        message: expect.stringMatching(/3\.png' cannot be decoded/),
      })
    }
  })

  it('end the stream when all of them fail', async () => {
    const dataset = await open()
    for (let index = 0; index < 6; index++) await rm(join(root, `${index}.png`))
    await expect(take(dataset, 1)).rejects.toMatchObject({
      code: 'FOLDER_UNUSABLE',
      message: expect.stringMatching(/^6 images in a row, from '.*' on, could be opened but not decoded/),
    })
  })
})

describe('kept pixels', () => {
  const format = { size: 8, channels: 3 } as const
  const onSkip = () => {}
  const sourceOf = (paths: readonly string[], options: Omit<DecodedSourceOptions, 'unusable'>) =>
    decodedSource(
      {
        size: paths.length,
        nameOf: (index) => paths[index]!,
        load: (index) => join(root, paths[index]!),
        signatureOf: String,
      },
      { ...options, unusable: 'FOLDER_UNUSABLE' },
    )

  it('change nothing but the speed', async () => {
    const paths = Array.from({ length: 5 }, (_, index) => `${index}.png`)
    for (const [index, path] of paths.entries()) await image(path, index * 20)
    const read = async (budget: number) => {
      const source = sourceOf(paths, { format, onSkip, budget })
      const target = new Float32Array(5 * 192)
      for (let epoch = 0; epoch < 2; epoch++) {
        for (let index = 0; index < 5; index++) {
          await source.read(index, { image: target.subarray(192 * index, 192 * (index + 1)) })
        }
      }
      return target
    }
    const all = await read(1e6)
    expect(await read(0)).toEqual(all)
    expect(await read(2 * 192)).toEqual(all)
  })

  it('spare the files a second decoding, as far as the budget goes', async () => {
    for (const index of [0, 1, 2]) await image(`${index}.png`, index * 20)
    const skipped: string[] = []
    const paths = ['0.png', '1.png', '2.png']
    const source = sourceOf(paths, { format, onSkip: (path) => skipped.push(path), budget: 2 * 192 })
    const target = new Float32Array(192)
    for (const index of [0, 1, 2]) await source.read(index, { image: target })
    for (const path of paths) await rm(join(root, path))
    for (const index of [0, 1, 2]) await source.read(index, { image: target })
    expect(skipped).toEqual(['2.png'])
  })
})
