import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crc32, deflateSync, gzipSync } from 'node:zlib'
import { expectClearRefusals } from '@gantry/files/testing'
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer'
import { packTar } from 'modern-tar'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gunzip } from './idx/gunzip.ts'
import { decodeImage, imageUnreadable, inspectImage, reasonOf } from './images/image.ts'
import { datasetOfIdx, openDataset } from './index.ts'
import { chooseColumns } from './parquet/parquet-columns.ts'
import { openParquet, readRows } from './parquet/read-rows.ts'
import { indexTar } from './tar/index-tar.ts'
import { groupSamples } from './webdataset/sample-files.ts'
import { findLabels, readLabels } from './webdataset/sample-labels.ts'

/** See `parquet.test.ts`. */
const fixture = fileURLToPath(new URL('../fixtures/hugging-face.parquet', import.meta.url))

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-hostile-'))
})
afterAll(() => rm(root, { recursive: true }))

const picture = (format: 'png' | 'jpeg' | 'webp') =>
  sharp({ create: { width: 12, height: 10, channels: 3, background: '#3a7' } })
    .toFormat(format)
    .toBuffer()

async function written(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(root, name)
  await writeFile(path, bytes)
  return path
}

/** Headers whose sums are right again: a reader would hardly see what is in the others. */
function withSums(bytes: Uint8Array): Uint8Array {
  const tar = Buffer.from(bytes)
  for (let start = 0; start + 512 <= tar.length; start += 512) {
    const block = tar.subarray(start, start + 512)
    if (block.toString('latin1', 257, 262) !== 'ustar') continue
    const sum = block.fill(' ', 148, 156).reduce((total, byte) => total + byte, 0)
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  }
  return tar
}

describe('damaged and hostile files are read, or refused clearly', () => {
  it('tar', async () => {
    const files = Object.entries({
      'a.png': await picture('png'),
      'a.json': '{"label": 1}',
      'b.jpg': 'x',
      'b.json': '{}',
    })
    const tar = await packTar(files.map(([name, body]) => ({ header: { name, size: body.length }, body })))
    await expectClearRefusals('tar', [tar], async (bytes) => {
      const path = await written('a.tar', withSums(bytes))
      const onLeftOut = () => {}
      const { samples } = groupSamples(await indexTar(path, 'a.tar', { onLeftOut }), 'a.tar')
      const shard = { path, name: 'a.tar', samples }
      const place = await findLabels(shard)
      if (place !== undefined) await readLabels(shard, place)
    })
  })

  it('parquet', async () => {
    const image: ColumnSource = {
      name: 'image',
      data: [await picture('png'), await picture('jpeg')],
      type: 'BYTE_ARRAY',
    }
    const label: ColumnSource = { name: 'label', data: [1, 0], type: 'INT32' }
    const files = [await readFile(fixture), new Uint8Array(parquetWriteBuffer({ columnData: [image, label] }))]
    await expectClearRefusals('parquet', files, async (bytes) => {
      const file = await openParquet(await written('a.parquet', bytes), 'a.parquet')
      for await (const _ of readRows(file, chooseColumns(file.metadata, 'a.parquet', {})));
    })
  })

  it('PNG, JPEG and WebP', async () => {
    const files = await Promise.all((['png', 'jpeg', 'webp'] as const).map(picture))
    const format = { size: 8, channels: 3 } as const
    await expectClearRefusals('PNG, JPEG and WebP', files, async (bytes) => {
      const reason = await inspectImage(await written('a.png', bytes), format)
      if (reason !== undefined) throw imageUnreadable('a.png', reason)
      // What cannot be decoded is listed with its reason, and the next image takes its place.
      await decodeImage(bytes, format).catch((error) => {
        throw imageUnreadable('a.png', reasonOf(error))
      })
    })
  })

  it('IDX', async () => {
    const images = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 3, ...new Array(18).fill(7))
    const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 1, 0)
    const open = (files: { images: Uint8Array; labels: Uint8Array }) =>
      datasetOfIdx({ name: 'tiny', ...files, names: ['a', 'b'] })
    await expectClearRefusals('IDX, images', [images, gzipSync(images)], (bytes) =>
      Promise.resolve().then(() => open({ images: gunzip(bytes, 'a.gz'), labels })),
    )
    await expectClearRefusals('IDX, labels', [labels], (bytes) => open({ images, labels: bytes }))
  })
})

/** A PNG of black pixels that says to be so large: a few hundred KB of compressed zeros, or fewer. */
function hugePng(side: number, zeros: number): Buffer {
  const chunk = (type: string, data: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(type), data])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, sum])
  }
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0])
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  const data = deflateSync(Buffer.alloc(zeros))
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))])
}

describe('bombs and absurd shapes', () => {
  it('leaves out pictures of billions of pixels', async () => {
    const bomb = hugePng(50_000, 5_000_000)
    expect(bomb.length).toBeLessThan(10_000)
    await mkdir(join(root, 'pictures'))
    await written('pictures/a.png', await picture('png'))
    await written('pictures/b.png', bomb)
    const { size, description } = await openDataset(`folder:${join(root, 'pictures')}`, { size: 8 })
    expect(size).toBe(1)
    expect(description.skipped).toEqual([{ name: 'b.png', reason: 'is 50000×50000, more than 134 million pixels' }])
    const decode = (file: Uint8Array) => decodeImage(file, { size: 8, channels: 3 })
    await expect(decode(bomb)).rejects.toThrow(/is 50000×50000, which its \d+ bytes cannot hold/)
    // Large enough in bytes to be what it says.
    await expect(decode(Buffer.concat([bomb, Buffer.alloc(400_000)]))).rejects.toThrow(
      /it is 50000×50000, more than 134 million pixels/,
    )
    await expect(decode(hugePng(10_000, 1_000))).rejects.toThrow(/cannot hold/)
  })

  it('refuses gzipped IDX files that unpack to what no memory holds, and shapes of petabytes', async () => {
    const bomb = gzipSync(Buffer.alloc(2 ** 27 + 1))
    expect(() => gunzip(bomb, 'a.gz')).toThrow(/'a\.gz' unpacks to more than/)
    const images = Uint8Array.of(0, 0, 8, 3, ...new Array(12).fill(0xff), 1)
    const open = datasetOfIdx({ name: 'huge', images, labels: Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 0), names: ['a'] })
    await expect(open).rejects.toMatchObject({ code: 'IDX_TRUNCATED' })
  })

  it('refuses tables of more rows than bytes, and runs that do not end', async () => {
    const bytes = await readFile(fixture)
    const file = await openParquet(await written('rows.parquet', bytes), 'rows.parquet')
    const [group] = file.metadata.row_groups
    group!.num_rows = 2n ** 40n
    const rows = readRows(file, { image: 'image' })
    await expect(rows.next()).rejects.toThrow(/a row group of 1099511627776 rows in \d+ bytes/)
    group!.num_rows = 5n
    await expect(readRows(file, { image: 'image' }).next()).rejects.toThrow(/has 4 of 5 values/)
  })
})
