import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { OpenDatasetOptions } from '../dataset-definition.ts'
import { openDataset } from '../index.ts'
import { type FileServer, serveFiles } from '../testing/file-server.ts'
import { contentOf, flatImage } from '../testing/flat-images.ts'
import { floats, integers } from '../testing/values-of.ts'

/**
 * The first four images of Fashion-MNIST's test split (MIT), written by Hugging Face's `datasets` 5.2.0 with pyarrow 26.0.1:
 * `Dataset.from_dict(…, features=Features({'image': Image(), 'label': ClassLabel(names)})).to_parquet(…)`.
 */
const fixture = fileURLToPath(new URL('../../fixtures/hugging-face.parquet', import.meta.url))

let root: string
let server: FileServer | undefined
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-parquet-'))
  vi.stubEnv('GANTRY_CACHE', join(root, 'cache'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await server?.close()
  server = undefined
  await rm(root, { recursive: true })
})

const table = (columnData: ColumnSource[], options: object = {}) =>
  new Uint8Array(parquetWriteBuffer({ columnData, ...options }))

async function write(name: string, columns: ColumnSource[], options: object = {}): Promise<void> {
  await writeFile(join(root, name), table(columns, options))
}

/** Columns of flat images with these values and labels. */
async function columns(values: number[], labels?: ColumnSource, image = 'image'): Promise<ColumnSource[]> {
  const data = await Promise.all(values.map((value) => flatImage(value)))
  return [{ name: image, data, type: 'BYTE_ARRAY' }, ...(labels ? [labels] : [])]
}

const open = (name: string, options: OpenDatasetOptions = {}) =>
  openDataset(`parquet:${join(root, name)}`, { size: 8, ...options })

describe('parquet', () => {
  it("reads what Hugging Face's library writes, with the names of the classes", async () => {
    const dataset = await openDataset(`parquet:${fixture}`, { size: 28, channels: 1 })
    expect(dataset).toMatchObject({ size: 4, labelCounts: [0, 2, 1, 0, 0, 0, 0, 0, 0, 1] })
    const { image, label } = dataset.fields
    expect(image!.shape).toEqual([28, 28, 1])
    expect(label!.names).toHaveLength(10)
    const { value: batch } = await dataset.batches({ batchSize: 4, seed: 1 }).next()
    expect([...integers(batch)].map((index) => label!.names![index]).toSorted()).toEqual([
      'Ankle boot',
      'Pullover',
      'Trouser',
      'Trouser',
    ])
    // Its only pullover is the second image; the sum of its bytes is that of the original IDX file.
    const pullover = integers(batch).indexOf(2)
    const pixels = floats(batch, 'image').slice(pullover * 784, (pullover + 1) * 784)
    const sum = pixels.reduce((total, value) => total + Math.round((value + 1) * 127.5), 0)
    expect(sum).toBe(100994)
  })

  it('unpacks once, and again when the file has changed', async () => {
    await write('a.parquet', await columns([10, 20, 30], { name: 'label', data: [2, 0, 1], type: 'INT32' }), {
      rowGroupSize: 2,
    })
    const seen: number[] = []
    const first = await open('a.parquet', { onProgress: ({ done, total }) => seen.push(done / total!) })
    expect(await contentOf(first)).toEqual([
      [10, '2'],
      [20, '0'],
      [30, '1'],
    ])
    expect(seen).toEqual([1 / 3, 2 / 3, 1])
    seen.length = 0
    await open('a.parquet', { onProgress: ({ done }) => seen.push(done) })
    expect(seen).toEqual([])
    expect((await readdir(join(root, 'cache', 'datasets', 'parquet'))).map((name) => name.slice(32))).toEqual([
      '.images',
      '.json',
    ])
    await write('a.parquet', await columns([40, 50], { name: 'label', data: [0, 1], type: 'INT32' }))
    expect((await contentOf(await open('a.parquet'))).map(([value]) => value)).toEqual([40, 50])
  })

  it('takes columns by convention or by name, and labels of any kind', async () => {
    await write('a.parquet', [
      ...(await columns([10, 20], { name: 'labels', data: [1n, 0n], type: 'INT64' }, 'img')),
      ...(await columns([70, 80], { name: 'species', data: ['eel', 'cat'], type: 'STRING' }, 'back')),
    ])
    expect(await contentOf(await open('a.parquet'))).toEqual([
      [10, '1'],
      [20, '0'],
    ])
    expect(await contentOf(await open('a.parquet', { imageColumn: 'back', labelColumn: 'species' }))).toEqual([
      [70, 'eel'],
      [80, 'cat'],
    ])
    expect((await open('a.parquet', { labelColumn: false })).fields).not.toHaveProperty('label')
  })

  it('reads several shards, with the class names of the first', async () => {
    const names = { info: { features: { label: { names: ['cat', 'dog', 'eel'], _type: 'ClassLabel' } } } }
    const options = { kvMetadata: [{ key: 'huggingface', value: JSON.stringify(names) }] }
    await write('b.parquet', await columns([30], { name: 'label', data: [2], type: 'INT32' }), options)
    await write('a.parquet', await columns([10], { name: 'label', data: [1], type: 'INT32' }), options)
    const dataset = await open('')
    expect(dataset).toMatchObject({ fields: { label: { names: ['cat', 'dog', 'eel'] } }, labelCounts: [0, 1, 1] })
    expect(await contentOf(dataset)).toEqual([
      [10, 'dog'],
      [30, 'eel'],
    ])
    expect((await open('*.parquet')).size).toBe(2)
  })

  it('downloads a file once', async () => {
    server = await serveFiles({ '/data/train.parquet': await readFile(fixture) })
    const name = `parquet:${server.url}/data/train.parquet?download=true`
    server.answers.push((_, response) => response.writeHead(503).end())
    expect((await openDataset(name)).size).toBe(4)
    expect((await openDataset(name)).description.source).toBe(`${server.url}/data/train.parquet?download=true`)
    expect(server.requests).toHaveLength(2)
  })
})

describe('bad input', () => {
  const rejection = (code: string, message: RegExp) => ({ code, exitCode: 1, message: expect.stringMatching(message) })
  const refuses = async (
    columnData: ColumnSource[],
    code: string,
    message: RegExp,
    options: OpenDatasetOptions = {},
  ) => {
    await write('a.parquet', columnData, options)
    await expect(open('a.parquet', options)).rejects.toMatchObject(rejection(code, message))
  }
  const label = (data: number[]): ColumnSource => ({ name: 'label', data, type: 'INT32' })

  it('lists the columns when one is missing', async () => {
    const good = await columns([10], label([0]))
    await refuses([label([0])], 'COLUMN_MISSING', /has no column 'image' or 'img', only label\. .*'imageColumn'/)
    await refuses(good, 'COLUMN_MISSING', /no column 'photo', only image, label/, { imageColumn: 'photo' })
    await refuses(good, 'COLUMN_MISSING', /no column 'class', only image, label.*'labelColumn'/, {
      labelColumn: 'class',
    })
    await refuses(good, 'COLUMN_INVALID', /'label' of '.*' holds INT32, but images are bytes/, { imageColumn: 'label' })
    await refuses([{ name: 'image', data: ['a.png'], type: 'STRING' }], 'COLUMN_INVALID', /holds UTF8/)
  })

  it('names the row of a label that is out of range', async () => {
    const names = { info: { features: { label: { names: ['cat', 'dog'] } } } }
    const kvMetadata = [{ key: 'huggingface', value: JSON.stringify(names) }]
    await write('a.parquet', await columns([10, 20, 30], label([1, 0, 2])), { kvMetadata })
    await expect(open('a.parquet')).rejects.toMatchObject(
      rejection('LABEL_OUT_OF_RANGE', /a\.parquet, row 2 has the label 2, but labels are integers from 0 to 1/),
    )
    await refuses(await columns([10, 20], label([0, -1])), 'LABEL_OUT_OF_RANGE', /row 1 has the label -1/)
  })

  it('has no labels where all are -1, as published test splits have it', async () => {
    await write('a.parquet', await columns([10, 20], label([-1, -1])))
    expect((await open('a.parquet')).fields).toEqual({ image: expect.objectContaining({ modality: 'image' }) })
  })

  it('refuses shards of which only some are labelled', async () => {
    await write('a.parquet', await columns([10, 20], label([0, 1])))
    await write('b.parquet', await columns([30]))
    await expect(open('*.parquet')).rejects.toMatchObject(
      rejection('LABEL_COUNT_MISMATCH', /There are 3 images, but 2 labels; the first without is .*b\.parquet, row 0/),
    )
  })

  it('leaves rows out that hold no image, keeping rows and labels together', async () => {
    const [first, last] = [await flatImage(10), await flatImage(30)]
    const data = [first, Buffer.from('GIF89a'), null, last]
    await write('a.parquet', [{ name: 'image', data, type: 'BYTE_ARRAY' }, label([0, 1, 2, 3])])
    const dataset = await open('a.parquet')
    expect(await contentOf(dataset)).toEqual([
      [10, '0'],
      [30, '3'],
    ])
    expect(dataset.description.skipped).toEqual([
      { name: `${join(root, 'a.parquet')}, row 1`, reason: 'is no PNG, JPEG or WebP' },
      { name: `${join(root, 'a.parquet')}, row 2`, reason: 'has no bytes' },
    ])
    await expect(open('a.parquet', { strict: true })).rejects.toMatchObject(
      rejection('IMAGE_UNREADABLE', /a\.parquet, row 1' is no PNG/),
    )
  })

  it('refuses files without a usable row', async () => {
    await refuses([{ name: 'image', data: [], type: 'BYTE_ARRAY' }], 'SHARD_EMPTY', /holds no image: it has 0 rows/)
    await refuses(
      [{ name: 'image', data: [Buffer.from('x'), Buffer.from('y')], type: 'BYTE_ARRAY' }],
      'SHARDS_UNUSABLE',
      /None of the 2 rows of '.*' has a usable image; the first is no PNG/,
    )
  })

  it('refuses files that are truncated, or none', async () => {
    const whole = table(await columns([10, 20]))
    for (const bytes of [
      whole.subarray(0, whole.length - 20),
      whole.subarray(20),
      Buffer.from('text'),
      Buffer.alloc(0),
    ]) {
      await writeFile(join(root, 'a.parquet'), bytes)
      await expect(open('a.parquet')).rejects.toMatchObject(
        rejection('PARQUET_INVALID', /a\.parquet' cannot be read as parquet/),
      )
      expect(await readdir(join(root, 'cache', 'datasets', 'parquet'))).toEqual([])
    }
  })

  it('says that an address does not answer', async () => {
    server = await serveFiles({})
    await expect(openDataset(`parquet:${server.url}/a.parquet`)).rejects.toMatchObject(
      rejection('DOWNLOAD_REFUSED', /answered 404.*Or put the file at '.*a\.parquet'/),
    )
  })
})
