import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { packTar } from 'modern-tar'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { OpenDatasetOptions } from '../dataset-definition.ts'
import { openDataset } from '../index.ts'
import { broken, type FileServer, serveFiles } from '../testing/file-server.ts'
import { contentOf, flatImage } from '../testing/flat-images.ts'

let root: string
let server: FileServer | undefined
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-webdataset-'))
  vi.stubEnv('GANTRY_CACHE', join(root, 'cache'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await server?.close()
  server = undefined
  await rm(root, { recursive: true })
})

type Files = Record<string, Uint8Array | string>

const tar = (files: Files): Promise<Uint8Array> =>
  packTar(Object.entries(files).map(([name, body]) => ({ header: { name, size: Buffer.byteLength(body) }, body })))

async function write(name: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(join(root, name)), { recursive: true })
  await writeFile(join(root, name), bytes)
}

const open = (name: string, options: OpenDatasetOptions = {}) =>
  openDataset(`webdataset:${join(root, name)}`, { size: 8, ...options })

describe('webdataset', () => {
  it('reads images and classes, of PNG and JPEG', async () => {
    await write(
      'a.tar',
      await tar({
        '000.png': await flatImage(10),
        '000.cls': '1',
        '001.jpg': await flatImage(20, 'jpeg'),
        '001.cls': '0\n',
        '__note__.txt': 'no sample',
      }),
    )
    const dataset = await open('a.tar')
    expect(dataset).toMatchObject({
      size: 2,
      fields: { image: { shape: [8, 8, 3] }, label: { names: ['0', '1'] } },
      labelCounts: [1, 1],
    })
    expect(dataset.description.source).toBe(join(root, 'a.tar'))
    expect(await contentOf(dataset)).toEqual([
      [10, '1'],
      [20, '0'],
    ])
  })

  it('reads several shards by braces, by pattern and by folder, in one order', async () => {
    const cut = async (first: number) =>
      tar({ [`${first}.png`]: await flatImage(first), [`${first}.cls`]: String(first / 10) })
    await write('set/shard-0001.tar', await cut(10))
    await write('set/shard-0000.tar', await cut(0))
    await write('set/shard-0002.tgz', gzipSync(await cut(20)))
    await write('set/readme.md', Buffer.from('no shard'))
    const expected = [
      [0, '0'],
      [10, '1'],
      [20, '2'],
    ]
    expect(await contentOf(await open('set'))).toEqual(expected)
    expect(await contentOf(await open('set/shard-*.t*'))).toEqual(expected)
    expect(await contentOf(await open('set/shard-{0000..0001}.tar'))).toEqual(expected.slice(0, 2))
    expect((await open('set')).description.source).toBe(`${join(root, 'set')} (3 shards)`)
  })

  it('takes the labels of key.json or key.txt, and others by their name', async () => {
    const [light, dark] = [await flatImage(200), await flatImage(50)]
    await write(
      'a.tar',
      await tar({
        'n/a.png': dark,
        'n/a.json': '{"label": "night", "id": 7}',
        'n/b.png': light,
        'n/b.json': '{"label": "day", "id": 3}',
      }),
    )
    expect(await contentOf(await open('a.tar'))).toEqual([
      [50, 'night'],
      [200, 'day'],
    ])
    expect(await contentOf(await open('a.tar', { labelColumn: 'id' }))).toEqual([
      [50, '7'],
      [200, '3'],
    ])
    expect((await open('a.tar', { labelColumn: false })).fields).not.toHaveProperty('label')
    await write('t.tar', await tar({ 'a.png': dark, 'a.txt': 'night', 'b.png': dark, 'b.txt': 'night' }))
    expect((await open('t.tar')).fields.label!.names).toEqual(['night'])
  })

  it('takes texts that differ for captions, not for classes', async () => {
    const files: Files = {}
    for (const key of ['a', 'b', 'c'])
      Object.assign(files, { [`${key}.png`]: await flatImage(9), [`${key}.txt`]: `A ${key}.` })
    await write('a.tar', await tar(files))
    expect((await open('a.tar')).fields).not.toHaveProperty('label')
    expect((await open('a.tar', { labelColumn: 'txt' })).fields.label!.names).toEqual(['A a.', 'A b.', 'A c.'])
  })

  it('takes the image with the extension that was asked for', async () => {
    await write('a.tar', await tar({ 'a.left.png': await flatImage(10), 'a.right.png': await flatImage(90) }))
    expect(await contentOf(await open('a.tar'))).toEqual([[10, undefined]])
    expect(await contentOf(await open('a.tar', { imageColumn: 'right.png' }))).toEqual([[90, undefined]])
  })

  it('reads names longer than a header has place for', async () => {
    const key = `${'folder/'.repeat(20)}${'ü'.repeat(90)}`
    await write('a.tar', await tar({ [`${key}.png`]: await flatImage(10), [`${key}.cls`]: '0' }))
    expect(await contentOf(await open('a.tar'))).toEqual([[10, '0']])
  })

  it('downloads shards once, and goes on after a broken connection', async () => {
    const noise = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 251))
    const files = {
      '/s/0.tar': await tar({ 'a.png': await flatImage(10), 'a.cls': '0', 'a.bin': noise }),
      '/s/1.tar': await tar({ 'b.png': await flatImage(20), 'b.cls': '1' }),
    }
    server = await serveFiles(files)
    server.answers.push(broken)
    const name = `webdataset:${server.url}/s/{0..1}.tar`
    const seen: string[] = []
    const dataset = await openDataset(name, { size: 8, onProgress: ({ task }) => seen.push(task) })
    expect(await contentOf(dataset)).toEqual([
      [10, '0'],
      [20, '1'],
    ])
    expect(dataset.name).toBe(name)
    await openDataset(name, { size: 8 })
    expect(server.requests).toEqual(['/s/0.tar', expect.stringMatching(/^\/s\/0\.tar bytes=\d+-$/), '/s/1.tar'])
    expect(new Set(seen)).toEqual(
      new Set(['downloading 0.tar', 'downloading 1.tar', 'reading the index of the shards']),
    )
  })

  it('names pictures that fall together because their names have dots, and not parts of a picture', async () => {
    const image = await flatImage(10)
    const namesOf = async (...names: string[]) => {
      await write('a.tar', await tar(Object.fromEntries(names.map((name) => [name, image]))))
      const { size, description } = await open('a.tar')
      return [size, ...description.skipped.map(({ name }) => name.replace(`${join(root, 'a.tar')}: `, ''))]
    }
    expect(await namesOf('cat.1.png', 'cat.2.png', 'v1.5_dog.png', 'v1.6_dog.png')).toEqual([
      2,
      'cat.2.png',
      'v1.6_dog.png',
    ])
    expect(await namesOf('a.jpg', 'a.2.jpg', 'a.png')).toEqual([1, 'a.2.jpg', 'a.png'])
    expect(await namesOf('a.jpg', 'a.seg.png', 'b.jpg', 'b.seg.png')).toEqual([2])
    expect((await open('a.tar', { imageColumn: 'seg.png' })).description.skipped).toEqual([])
    await write('a.tar', await tar({ 'cat.1.png': image, 'cat.2.png': image }))
    expect((await open('a.tar')).description.skipped[0]!.reason).toMatch(/^is of the same sample as cat\.1\.png/)
    await expect(open('a.tar', { strict: true })).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' })
  })

  it('names what it leaves out: other pictures, labels alone, names that stand twice, archives that may be cut', async () => {
    const image = await flatImage(10)
    const files = await tar({
      'a.png': image,
      'a.cls': '0',
      'b.bmp': 'BM',
      'c.cls': '1',
      '._a.png': 'x',
      'README.md': 'x',
    })
    const end = files.length - 1024
    await write('a.tar', Buffer.concat([files.subarray(0, end), (await tar({ 'a.png': image })).subarray(0, -1024)]))
    const { description } = await open('a.tar')
    expect(description.skipped.map(({ name, reason }) => `${name.split(': ').at(-1)} ${reason}`)).toEqual([
      expect.stringMatching(/a\.tar has no mark at its end/),
      'a.png stands in it twice: the later one counts',
      'b.bmp is a .bmp file, not PNG, JPEG or WebP',
      'c.cls has no image beside it',
    ])
  })

  it('says which labels it does not find, since the names of their pictures have dots', async () => {
    await write('a.tar', await tar({ 'x.1.png': await flatImage(10), 'x.1.cls': '3' }))
    const [left] = (await open('a.tar')).description.skipped
    expect(left).toMatchObject({
      name: expect.stringMatching(/: x\.1\.cls$/),
      reason: expect.stringMatching(/'\.1\.cls' of the sample 'x'/),
    })
    const { fields, description } = await open('a.tar', { labelColumn: '1.cls' })
    expect([Object.keys(fields), description.skipped]).toEqual([['image', 'label'], []])
  })

  it('unpacks what is gzipped, whatever its name, and refuses bombs and other archives by name', async () => {
    const plain = await tar({ 'a.png': await flatImage(10) })
    await write('a.tar', gzipSync(plain))
    await write('b.tgz', plain)
    expect([(await open('a.tar')).size, (await open('b.tgz')).size]).toEqual([1, 1])
    await write('c.tar', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0]))
    await expect(open('c.tar')).rejects.toMatchObject({
      code: 'ARCHIVE_UNSUPPORTED',
      message: expect.stringMatching(/zstandard archive.*Unpack it \('zstd -d .*c\.tar'\)/),
    })
    await write('d.tar', Buffer.concat(Array(4).fill(gzipSync(Buffer.alloc(2 ** 25)))))
    await expect(open('d.tar')).rejects.toMatchObject({ code: 'GZIP_BOMB' })
    expect(await readdir(join(root, 'cache/datasets/unpacked'))).toHaveLength(1)
  })

  it('takes the training split of a folder, and names the archives that it passes over', async () => {
    const shard = await tar({ 'a.png': await flatImage(10) })
    for (const name of ['train-0.tar', 'test-0.tar', 'more.zip', 'notes.txt']) await write(`set/${name}`, shard)
    const { size, description } = await open('set')
    expect([size, ...description.skipped.map(({ name }) => name)]).toEqual([
      1,
      join(root, 'set/more.zip'),
      join(root, 'set/test-0.tar'),
    ])
  })

  it('resumes exactly', async () => {
    const files: Files = {}
    for (let index = 0; index < 9; index++) files[`${index}.png`] = await flatImage(index * 20)
    files['4.png'] = (files['4.png'] as Buffer).subarray(0, 60)
    await write('a.tar', await tar(files))
    const take = async (from: number, count: number) => {
      const stream = (await open('a.tar')).batches({ batchSize: 4, seed: 3, from })
      return Promise.all(Array.from({ length: count }, () => stream.next().then(({ value }) => value)))
    }
    expect(await take(2, 3)).toEqual((await take(0, 5)).slice(2))
  })
})

describe('bad input', () => {
  const rejection = (code: string, message: RegExp) => ({ code, message: expect.stringMatching(message) })
  const refuses = async (files: Files, code: string, message: RegExp, options: OpenDatasetOptions = {}) => {
    await write('a.tar', await tar(files))
    await expect(open('a.tar', options)).rejects.toMatchObject(rejection(code, message))
  }

  it('names labels that are out of range, missing or unreadable', async () => {
    const image = await flatImage(10)
    await refuses({ 'a.png': image, 'a.cls': '-2' }, 'LABEL_OUT_OF_RANGE', /a\.tar, sample a has the label -2/)
    await refuses(
      { 'a.png': image, 'a.cls': '1', 'b.png': image },
      'LABEL_COUNT_MISMATCH',
      /There are 2 images, but 1 label; the first without is .*a\.tar, sample b/,
    )
    await refuses({ 'a.png': image, 'a.json': '{' }, 'LABEL_UNREADABLE', /'a\.json' of '.*a\.tar' is no JSON/)
    await refuses({ 'a.png': image, 'a.cls': '1' }, 'COLUMN_MISSING', /no 'species', only \.png, \.cls/, {
      labelColumn: 'species',
    })
  })

  it('names shards without images', async () => {
    await refuses({}, 'SHARD_EMPTY', /a\.tar' holds no image: it has 0 files/)
    await refuses({ 'a.npy': 'x' }, 'SHARD_EMPTY', /it has 1 file, of \.npy/)
    await refuses({ 'a.png': 'x' }, 'COLUMN_MISSING', /no '\.webp' file, only \.png/, { imageColumn: 'webp' })
  })

  it('names archives that are truncated, or none', async () => {
    const whole = await tar({ 'a.png': await flatImage(10), 'b.png': Buffer.alloc(5000) })
    await write('a.tar', whole.subarray(0, 3000))
    await expect(open('a.tar')).rejects.toMatchObject(
      rejection('TAR_TRUNCATED', /its file 'b\.png' goes up to byte \d+, but the archive has 3000/),
    )
    await write('b.tar', Buffer.alloc(2048, 'text'))
    await expect(open('b.tar')).rejects.toMatchObject(rejection('TAR_INVALID', /Byte 0 of '.*b\.tar' is no header/))
    await write('c.tar.gz', gzipSync(whole).subarray(0, 100))
    await expect(open('c.tar.gz')).rejects.toMatchObject(rejection('GZIP_INVALID', /unexpected end of file/))
  })

  it('names paths that are not there, and addresses that do not answer', async () => {
    await expect(open('nowhere.tar')).rejects.toMatchObject(rejection('SHARDS_NOT_FOUND', /no file '.*nowhere\.tar'/))
    await expect(open('x-*.tar')).rejects.toMatchObject(rejection('SHARDS_NOT_FOUND', /no file '.*x-\*\.tar'/))
    await write('set/a.parquet', Buffer.alloc(4))
    await expect(open('set')).rejects.toMatchObject(
      rejection('SHARDS_NOT_FOUND', /holds no \.tar or \.tar\.gz or \.tgz file, only \.parquet/),
    )
    server = await serveFiles({})
    await expect(openDataset(`webdataset:${server.url}/a.tar`)).rejects.toMatchObject(
      rejection('DOWNLOAD_REFUSED', /a\.tar: the server answered 404/),
    )
    await expect(openDataset('webdataset:http://')).rejects.toMatchObject({ code: 'URL_INVALID', exitCode: 2 })
  })

  it('leaves images out that are none, and fails for them when strict', async () => {
    await write('a.tar', await tar({ 'a.png': 'text', 'a.cls': '0', 'b.png': await flatImage(30), 'b.cls': '1' }))
    const dataset = await open('a.tar')
    expect(await contentOf(dataset)).toEqual([
      [30, '1'],
      [30, '1'],
    ])
    expect(dataset.description.skipped).toEqual([
      { name: `${join(root, 'a.tar')}, sample a`, reason: 'cannot be decoded (it is no PNG, JPEG or WebP)' },
    ])
    await expect(contentOf(await open('a.tar', { strict: true }))).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' })
    await write('a.tar', await tar({ 'a.png': 'text' }))
    await expect(contentOf(await open('a.tar'))).rejects.toMatchObject({ code: 'SHARDS_UNUSABLE' })
  })
})
