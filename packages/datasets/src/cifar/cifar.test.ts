import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { packTar } from 'modern-tar'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { OpenProgress } from '../dataset-definition.ts'
import { planarSource } from '../images/planar-source.ts'
import { openDataset } from '../index.ts'
import { broken, type FileServer, md5, serveFiles, slow } from '../testing/file-server.ts'
import { type CifarVersion, cifar10Version, cifar100Version } from './cifar-version.ts'
import { readCifar } from './read-cifar.ts'

const ANIMALS = 'airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n'

/** A record whose red, green and blue planes count up from different bytes. */
function record(labels: number[], red: number): Uint8Array {
  const planes = [red, red + 1, red + 2].map((first) =>
    Array.from({ length: 1024 }, (_, pixel) => (first + pixel) % 256),
  )
  return Uint8Array.from([...labels, ...planes.flat()])
}

async function tar(files: Record<string, Uint8Array | string>): Promise<Uint8Array> {
  const entries = Object.entries(files).map(([name, body]) => ({
    header: { name, size: Buffer.byteLength(body) },
    body,
  }))
  return gzipSync(await packTar(entries))
}

const cifar10Files = () => ({
  'cifar-10-batches-bin/batches.meta.txt': ANIMALS,
  ...Object.fromEntries(
    [1, 2, 3, 4, 5].map((batch) => [
      `cifar-10-batches-bin/data_batch_${batch}.bin`,
      Buffer.concat([record([batch], 10 * batch), record([0], 100 + batch)]),
    ]),
  ),
  'cifar-10-batches-bin/test_batch.bin': record([9], 200),
})

let server: FileServer
let cache: string
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'gantry-cifar-'))
  vi.stubEnv('GANTRY_CACHE', cache)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await server?.close()
  await rm(cache, { recursive: true })
})

/** The version with the checksum of this archive, which the mirror then serves. */
async function serve(version: CifarVersion, archive: Uint8Array): Promise<CifarVersion> {
  server = await serveFiles({ [new URL(version.archive.url).pathname.replace('/~kriz', '/cifar')]: archive })
  vi.stubEnv('GANTRY_MIRROR', server.url)
  return { ...version, archive: { ...version.archive, md5: md5(archive) } }
}

describe('cifar10', () => {
  it('is downloaded, unpacked, and found the next time', async () => {
    const version = await serve(cifar10Version, await tar(cifar10Files()))
    const images = await readCifar(version, 'train', {})
    expect(images.size).toBe(10)
    expect(images.labels).toHaveLength(10)
    expect(Array.from({ length: 10 }, (_, index) => images.labels[images.labelOf(index)])).toEqual(
      ['automobile', 'bird', 'cat', 'deer', 'dog'].flatMap((name) => [name, 'airplane']),
    )
    expect(await readdir(join(cache, 'datasets', 'cifar'))).toEqual(['cifar-10-binary.tar', 'cifar-10-binary.tar.gz'])
    const test = await readCifar(version, 'test', {})
    expect([test.size, test.labelOf(0)]).toEqual([1, 9])
    expect(server.requests).toEqual(['/cifar/cifar-10-binary.tar.gz'])
  })

  it('becomes pixels with interleaved channels', async () => {
    const images = await readCifar(await serve(cifar10Version, await tar(cifar10Files())), 'test', {})
    const target = new Float32Array(32 * 32 * 3)
    planarSource(images, 32).read(0, { image: target, label: new Int32Array(1) })
    const bytes = target.map((value) => Math.round((value + 1) * 127.5))
    expect([...bytes.subarray(0, 6)]).toEqual([200, 201, 202, 201, 202, 203])
    expect([...bytes.subarray(-3)]).toEqual([199, 200, 201])
    const half = new Float32Array(16 * 16 * 3)
    const label = new Int32Array(1)
    planarSource(images, 16).read(0, { image: half, label })
    expect(label[0]).toBe(9)
    const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length
    expect(mean(half)).toBeCloseTo(mean(target), 1)
  })

  it('goes on after a broken connection, and tells how far it is', async () => {
    const version = await serve(cifar10Version, await tar(cifar10Files()))
    server.answers.push(broken, slow)
    const seen: OpenProgress[] = []
    await readCifar(version, 'train', { onProgress: (progress) => seen.push(progress) })
    expect(server.requests[1]).toMatch(/ bytes=\d+-$/)
    expect(seen[0]).toMatchObject({ task: 'downloading cifar-10-binary.tar.gz', unit: 'bytes', done: 0 })
    expect(seen.at(-1)!.done).toBe(seen.at(-1)!.total)
  })

  it('can be stopped, and goes on', async () => {
    const version = await serve(cifar10Version, await tar(cifar10Files()))
    const controller = new AbortController()
    server.answers.push(slow)
    const stop = ({ done }: OpenProgress) => done > 0 && controller.abort('enough')
    await expect(readCifar(version, 'train', { signal: controller.signal, onProgress: stop })).rejects.toBe('enough')
    expect((await readCifar(version, 'train', {})).size).toBe(10)
    expect(server.requests[1]).toMatch(/ bytes=\d+-$/)
  })
})

describe('cifar100', () => {
  it('has the fine labels', async () => {
    const names = Array.from({ length: 100 }, (_, label) => `fine ${label}`).join('\n')
    const archive = await tar({
      'cifar-100-binary/fine_label_names.txt': names,
      'cifar-100-binary/train.bin': Buffer.concat([record([19, 99], 5), record([3, 42], 6)]),
      'cifar-100-binary/test.bin': record([1, 2], 7),
    })
    const images = await readCifar(await serve(cifar100Version, archive), 'train', {})
    expect([images.size, images.labelOf(0), images.labelOf(1)]).toEqual([2, 99, 42])
    expect(images.labels[42]).toBe('fine 42')
    expect([0, 1, 2].map((channel) => images.plane(1, channel)[0])).toEqual([6, 7, 8])
  })
})

describe('bad input', () => {
  const rejection = (code: string, message: RegExp) => ({ code, exitCode: 1, message: expect.stringMatching(message) })

  it('refuses another archive than the published one', async () => {
    await serve(cifar10Version, await tar(cifar10Files()))
    await expect(openDataset('cifar10')).rejects.toMatchObject(
      rejection('DOWNLOAD_CORRUPT', /c32a1d4ab5d03f1284b67883e8d87530 is expected/),
    )
    expect(await readdir(join(cache, 'datasets', 'cifar'))).toEqual([])
  })

  it('says where a missing archive can be put', async () => {
    await serve(cifar10Version, new Uint8Array())
    await expect(openDataset('cifar100')).rejects.toMatchObject(
      rejection('DOWNLOAD_REFUSED', /404.*put the file at '.*datasets\/cifar\/cifar-100-binary\.tar\.gz'/),
    )
  })

  it('says that the server cannot be reached', async () => {
    vi.stubEnv('GANTRY_MIRROR', 'http://127.0.0.1:9')
    await expect(openDataset('cifar10-test')).rejects.toMatchObject(
      rejection('DOWNLOAD_FAILED', /127\.0\.0\.1:9\/cifar\/cifar-10-binary/),
    )
  })

  it('refuses a mirror that is no address', async () => {
    vi.stubEnv('GANTRY_MIRROR', '/srv/datasets')
    await expect(openDataset('cifar10')).rejects.toMatchObject({ code: 'MIRROR_INVALID', exitCode: 2 })
  })

  it.each([
    [
      'a label that no class has',
      { 'cifar-10-batches-bin/data_batch_3.bin': Buffer.concat([record([1], 0), record([10], 0)]) },
      'LABEL_OUT_OF_RANGE',
      /Record 1 of '.*data_batch_3\.bin' has the label 10, but labels are integers from 0 to 9/,
    ],
    [
      'half a record',
      { 'cifar-10-batches-bin/data_batch_2.bin': record([1], 0).subarray(0, 2000) },
      'CIFAR_TRUNCATED',
      /data_batch_2\.bin' has 2000 bytes, but whole records of 3073 bytes are needed/,
    ],
  ])('refuses %s', async (_, files, code, message) => {
    const version = await serve(cifar10Version, await tar({ ...cifar10Files(), ...files }))
    await expect(readCifar(version, 'train', {})).rejects.toMatchObject(rejection(code, message))
  })

  it('refuses an archive of something else, or a part of one', async () => {
    const other = await serve(cifar10Version, await tar({ 'readme.txt': 'hello' }))
    await expect(readCifar(other, 'train', {})).rejects.toMatchObject(
      rejection('ARCHIVE_FILE_MISSING', /holds no 'cifar-10-batches-bin\/batches\.meta\.txt', only readme\.txt/),
    )
    await rm(join(cache, 'datasets'), { recursive: true })
    const half = (await tar(cifar10Files())).subarray(0, 500)
    await expect(readCifar(await serve(cifar10Version, half), 'train', {})).rejects.toMatchObject(
      rejection('GZIP_INVALID', /unexpected end of file/),
    )
    await writeFile(join(cache, 'datasets', 'cifar', 'cifar-10-binary.tar'), Buffer.alloc(1024, 'no tar archive '))
    await expect(readCifar(other, 'train', {})).rejects.toMatchObject(rejection('TAR_INVALID', /Byte 0 of/))
  })
})
