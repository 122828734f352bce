import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { imageField } from '@gantry/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openDataset } from '../index.ts'
import { broken, type FileServer, md5, serveFiles } from '../testing/file-server.ts'
import { fashionChecksums, readFashionMnist } from './fashion-mnist-files.ts'

const debian = existsSync('/usr/share/datasets/fashion-mnist')

let server: FileServer
let cache: string
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'gantry-fashion-'))
  vi.stubEnv('GANTRY_CACHE', cache)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await server?.close()
  await rm(cache, { recursive: true })
})

const bigEndian = (...numbers: number[]) => numbers.flatMap((number) => [0, 0, number >> 8, number & 255])

/** Images whose bytes are their index. */
function images(count: number, side = 28): Buffer {
  const pixels = Array.from({ length: count * side * side }, (_, index) => Math.floor(index / side ** 2))
  return gzipSync(Uint8Array.of(0, 0, 8, 3, ...bigEndian(count, side, side), ...pixels))
}

const labels = (...values: number[]) => gzipSync(Uint8Array.of(0, 0, 8, 1, ...bigEndian(values.length), ...values))

/** Serves these files as the training split, and reads it. */
async function read(imageFile: Buffer, labelFile: Buffer, checksums: Partial<typeof fashionChecksums> | object = {}) {
  server = await serveFiles({
    '/fashion-mnist/train-images-idx3-ubyte.gz': imageFile,
    '/fashion-mnist/train-labels-idx1-ubyte.gz': labelFile,
  })
  vi.stubEnv('GANTRY_MIRROR', `${server.url}/`)
  const own = { 'train-images-idx3-ubyte.gz': md5(imageFile), 'train-labels-idx1-ubyte.gz': md5(labelFile) }
  return () =>
    readFashionMnist(
      'train',
      {},
      { installed: join(cache, 'nowhere'), checksums: { ...fashionChecksums, ...own, ...checksums } },
    )
}

describe('fashion-mnist', () => {
  it.skipIf(!debian)("is Debian's package where that is installed", async () => {
    const dataset = await openDataset('fashion-mnist')
    expect(dataset).toMatchObject({
      size: 60_000,
      fields: { image: imageField([28, 28, 1]) },
      labelCounts: Array(10).fill(6000),
    })
    // The first image of the training split is an ankle boot.
    const { labels: digits } = await readFashionMnist('train', {})
    expect(dataset.fields.label!.names![digits[0]!]).toBe('Ankle boot')
    expect(await openDataset('fashion-mnist-test')).toMatchObject({ size: 10_000, labelCounts: Array(10).fill(1000) })
  })

  it('is downloaded otherwise, once, going on after a broken connection', async () => {
    const readIt = await read(images(3), labels(9, 0, 3))
    server.answers.push(broken)
    const split = await readIt()
    expect([...split.labels]).toEqual([9, 0, 3])
    expect([split.images.length, split.images[0], split.images.at(-1)]).toEqual([3 * 784, 0, 2])
    await readIt()
    expect(server.requests.map((request) => request.replace(/\d+-$/, 'n-'))).toEqual([
      '/fashion-mnist/train-images-idx3-ubyte.gz',
      '/fashion-mnist/train-images-idx3-ubyte.gz bytes=n-',
      '/fashion-mnist/train-labels-idx1-ubyte.gz',
    ])
  })
})

describe('bad input', () => {
  it('refuses other files than the published ones', async () => {
    const readIt = await read(images(1), labels(1), fashionChecksums)
    await expect(readIt()).rejects.toMatchObject({
      code: 'DOWNLOAD_CORRUPT',
      message: expect.stringContaining('8d4fb7e6c68d591d4c3dfef9ec88bf0d'),
    })
    expect(await readdir(join(cache, 'datasets', 'fashion-mnist'))).toEqual([])
  })

  it.each([
    [
      'counts that differ',
      images(3),
      labels(1, 2),
      'LABEL_COUNT_MISMATCH',
      /train-images-idx3-ubyte\.gz' holds 3 images, but '.*train-labels-idx1-ubyte\.gz' holds \[2\] labels/,
    ],
    [
      'a label that no class has',
      images(3),
      labels(1, 2, 10),
      'LABEL_OUT_OF_RANGE',
      /Record 2 of '.*train-labels-idx1-ubyte\.gz' has the label 10, but labels are integers from 0 to 9/,
    ],
    ['images of another size', images(1, 32), labels(1), 'IMAGE_SHAPE_INVALID', /\[1,32,32\].*28×28/],
    ['labels for images', labels(1), labels(1), 'IMAGE_SHAPE_INVALID', /has the shape \[1\]/],
    ['half a file', images(3).subarray(0, 30), labels(1, 2, 3), 'IDX_TRUNCATED', /truncated or damaged/],
  ])('refuses %s', async (_, imageFile, labelFile, code, message) => {
    const readIt = await read(imageFile, labelFile)
    await expect(readIt()).rejects.toMatchObject({ code, exitCode: 1, message: expect.stringMatching(message) })
  })
})
