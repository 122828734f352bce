import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Ports } from '@gantry/core'
import { encodePng, type Modality, modalities } from '@gantry/modalities'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { groupsOf, loadAll } from './folder-inputs.ts'
import { readInputs } from './read-inputs.ts'
import { readSameInputs } from './read-same-inputs.ts'

const image = { modality: 'image', dtype: 'float32', range: [-1, 1] } as const
const ports: Ports = {
  photo: { ...image, shape: [2, 2, 1] },
  mask: { ...image, shape: [2, 2, 1] },
  kind: { modality: 'label', dtype: 'int64', shape: [], names: ['cat', 'dog'] },
  truncation: { modality: 'number', dtype: 'float32', shape: [], range: [0, 1], otherwise: 1 },
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-inputs-'))
  const files = {
    'many/b.png': 200,
    'many/a.png': 0,
    'many/.hidden': 1,
    'alike/x.png': 10,
    'alike/x.jpg': 20,
    'one/a.png': 5,
    'among/b.PNG': 7,
    'among/a.gif': 8,
    'among/list.txt': 0,
    'among/Thumbs.db': 0,
    'none/list.txt': 0,
  }
  for (const name of ['many', 'alike', 'one', 'empty', 'cat', 'among', 'among/more.png', 'none', 'none/deeper'])
    await mkdir(join(folder, name), { recursive: true })
  for (const [name, grey] of Object.entries(files)) await writeFile(join(folder, name), await flat(grey))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A PNG of one grey, whatever its file is called. */
function flat(grey: number, side = 2): Promise<Uint8Array> {
  return encodePng({ width: side, height: side, channels: 1, data: new Uint8Array(side * side).fill(grey) })
}

const at = (name: string) => join(folder, name)

describe('readInputs', () => {
  it('reads every modality as its people write it', async () => {
    const { asked, ...rest } = await readInputs(ports, ['kind=dog', 'truncation=0.5', `photo=${at('many/b.png')}`])
    expect(rest).toEqual({ files: [at('many/b.png')] })
    expect(asked.kind).toEqual({ dtype: 'int64', shape: [1], data: BigInt64Array.of(1n) })
    expect(asked.truncation).toEqual({ dtype: 'float32', shape: [1], data: Float32Array.of(0.5) })
    expect(asked.photo!.shape).toEqual([1, 2, 2, 1])
    expect(asked.photo!.data[0]).toBeCloseTo(200 / 127.5 - 1, 6)
  })

  it('takes a modality for the first input of it', async () => {
    expect(Object.keys((await readInputs(ports, ['label=0', `image=${at('one/a.png')}`])).asked)).toEqual([
      'kind',
      'photo',
    ])
  })

  it('reads a folder in the order of its names, and keeps them', async () => {
    const { each, files } = await readInputs(ports, [`photo=${at('many')}`])
    expect([each!.inputs, each!.names]).toEqual([['photo'], ['a', 'b']])
    expect(files).toEqual([at('many/a.png'), at('many/b.png')])
    const { photo } = await loadAll(each!)
    expect(photo!.shape).toEqual([2, 2, 2, 1])
    expect(photo!.data[0]).toBe(-1)
    expect(photo!.data[4]).toBeGreaterThan(0)
    // Two files of one name would be written over each other.
    expect((await readInputs(ports, [`photo=${at('alike')}/`])).each!.names).toEqual(['x.jpg', 'x.png'])
    expect((await readInputs(ports, [`photo=${at('one')}`])).each!.names).toEqual(['a'])
  })

  it('are refused where an input is one for all, with what to give instead', async () => {
    await expect(readSameInputs(ports, [`photo=${at('one')}`])).rejects.toMatchObject({
      code: 'INPUT_IS_FOLDER',
      message: expect.stringMatching(/'photo' is one here.* has 1 file\. .*--input photo=FOLDER\/FILE/),
    })
  })

  it('leaves out, and counts, the files of a folder that are no pictures by their names', async () => {
    const notes: string[] = []
    const { each } = await readInputs(ports, [`photo=${at('among')}`], { onNote: (text) => notes.push(text) })
    expect(each!.names).toEqual(['a', 'b'])
    expect(notes).toEqual([
      expect.stringMatching(/among: 3 entries of it were left out: Thumbs\.db, list\.txt, more\.png\/$/),
    ])
  })

  it('says that a file holds more pictures than the one that is taken', async () => {
    const frames = await Promise.all([0, 100, 200].map(async (grey) => Buffer.from(await flat(grey))))
    await sharp(frames, { join: { animated: true } })
      .tiff()
      .toFile(at('pages.tif'))
    const notes: string[] = []
    await readInputs(ports, [`photo=${at('pages.tif')}`], { onNote: (text) => notes.push(text) })
    await readInputs(ports, [`photo=${at('one/a.png')}`], { onNote: (text) => notes.push(text) })
    expect(notes).toEqual([expect.stringMatching(/pages\.tif holds 3 pictures, of which the first is taken$/)])
  })

  it('refuses an image for which there is no memory before it becomes numbers', async () => {
    const side = 1_000
    const pixels = { create: { width: side, height: side, channels: 3, background: 'grey' } } as const
    await sharp(pixels).png({ compressionLevel: 1 }).toFile(at('large.png'))
    const open: Ports = { photo: { ...image, shape: ['height', 'width', 3] } }
    const outputs: Ports = { large: { ...image, shape: ['32*height', '32*width', 3] } }
    await expect(readInputs(open, [`photo=${at('large.png')}`], { outputs })).rejects.toMatchObject({
      code: 'IMAGE_TOO_LARGE',
      message: expect.stringMatching(/1000×1000 pixels at once would take .* --tile 64/),
    })
  })

  it('keeps the sizes of images where they are open, and puts those of one size together', async () => {
    await mkdir(at('sizes'))
    for (const [name, side] of Object.entries({ a: 2, b: 2, c: 5, d: 2 })) {
      await writeFile(at(`sizes/${name}.png`), await flat(9, side))
    }
    const open: Ports = { photo: { ...image, shape: ['height', 'width', 3] } }
    const { each } = await readInputs(open, [`photo=${at('sizes')}`])
    const groups = []
    for await (const { from, count, asked } of groupsOf(each!)) groups.push([from, count, asked.photo!.shape])
    expect(groups).toEqual([
      [0, 2, [2, 2, 2, 3]],
      [2, 1, [1, 5, 5, 3]],
      [3, 1, [1, 2, 2, 3]],
    ])
    await expect(loadAll(each!)).rejects.toThrow(
      expect.objectContaining({
        code: 'INPUTS_DIFFER',
        message: expect.stringMatching(/'a' has \[2,2,3\] and 'c' \[5,5,3\]/),
      }),
    )
    expect((await readInputs(open, [`photo=${at('sizes/c.png')}`])).asked.photo!.shape).toEqual([1, 5, 5, 3])
  })

  it('takes what is no path for what it says, whatever lies in the folder', async () => {
    const before = process.cwd()
    process.chdir(folder)
    try {
      // There is a folder 'cat', too.
      const { asked, each } = await readInputs(ports, ['kind=cat'])
      expect([asked.kind!.data[0], each]).toEqual([0n, undefined])
    } finally {
      process.chdir(before)
    }
  })

  it.each([
    [['photo'], 'INPUT_INVALID', /name=value, not 'photo'.*without a blank: photo=VALUE\./],
    [['truncation', '0.5'], 'INPUT_INVALID', /without a blank: truncation=VALUE\./],
    [['a.png'], 'INPUT_INVALID', /Name the input: photo=a\.png\./],
    [['photo='], 'INPUT_EMPTY', /none is named/],
    [['phto=a.png'], 'INPUT_UNKNOWN', /no input 'phto'\. Did you mean 'photo'\?/],
    [['kind=bird'], 'LABEL_UNKNOWN', /^The input 'kind': There is no label 'bird' among the 2/],
    [['truncation=2'], 'INPUT_OUT_OF_RANGE', /^The input 'truncation': 2 does not lie between 0 and 1\.$/],
    [['truncation=abc'], 'INPUT_INVALID', /^The input 'truncation': 'abc' is not a number\.$/],
    [['kind=cat', 'label=dog'], 'INPUT_TWICE', /'kind' is given twice/],
    [['photo=FOLDER/empty'], 'FOLDER_EMPTY', /empty has no files/],
    [['photo=FOLDER/none'], 'FOLDER_EMPTY', /none holds no file that ends in \.png.*only deeper\/, list\.txt/],
    [['photo=FOLDER/many', 'mask=FOLDER/one'], 'INPUT_COUNTS_DIFFER', /has 2 files, but .*one has 1/],
    [['photo=FOLDER/absent.png'], 'FILE_MISSING', /absent\.png: it is not there/],
    [['photo=https://x.org/a.png'], 'FILE_MISSING', /it is an address.*Download it/],
  ])('refuses %j: %s', async (assignments, code, message) => {
    const reading = readInputs(
      ports,
      assignments.map((text) => text.replace('FOLDER', folder)),
    )
    await expect(reading).rejects.toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }))
  })

  it('names the file that cannot be decoded, also in a folder', async () => {
    await mkdir(at('texts'))
    await writeFile(at('texts/a.png'), 'This is no image.')
    await expect(readInputs(ports, [`photo=${at('texts/a.png')}`])).rejects.toThrow(/a\.png' cannot be decoded/)
    const { each } = await readInputs(ports, [`photo=${at('texts')}`])
    await expect(each!.load(0)).rejects.toThrow(/texts.a\.png' cannot be decoded/)
  })

  it('refuses what its modality cannot read, and asks a registry of your own', async () => {
    const { parse: _, ...dumb } = modalities.find(({ name }) => name === 'noise')!
    const odour: Modality = { ...dumb, name: 'odour' }
    const own: Ports = { nose: { modality: 'odour', dtype: 'float32', shape: [2], drawn: 'normal' } }
    const reading = readInputs(own, ['nose=roses'], { registry: [...modalities, odour] })
    await expect(reading).rejects.toThrow(/modality odour, which cannot be written as text: 'roses'\. Leave it out/)
    await expect(readInputs(own, ['nose=roses'])).rejects.toThrow(/no modality 'odour'/)
  })
})
