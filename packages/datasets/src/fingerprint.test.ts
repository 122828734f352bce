import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { packTar } from 'modern-tar'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { evenlySpaced, fingerprintOf } from './fingerprint.ts'
import { openDataset } from './index.ts'
import { flatImage } from './testing/flat-images.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-fingerprint-'))
  vi.stubEnv('GANTRY_CACHE', join(root, 'cache'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(root, { recursive: true })
})

async function image(path: string, value: number): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), await flatImage(value))
}

/** Two classes of two images. */
async function folder(): Promise<void> {
  for (const [index, path] of ['cats/a.png', 'cats/b.png', 'dogs/c.png', 'dogs/d.png'].entries()) {
    await image(`set/${path}`, 40 * index)
  }
}

const ofFolder = async (options = {}) =>
  (await openDataset(`folder:${join(root, 'set')}`, { size: 8, ...options })).fingerprint

describe('the fingerprint of a folder', () => {
  it.each([
    ['an image more', () => image('set/dogs/e.png', 200)],
    ['an image less', () => rm(join(root, 'set/dogs/d.png'))],
    ['another name', () => rename(join(root, 'set/dogs/d.png'), join(root, 'set/dogs/e.png'))],
    ['another class', () => rename(join(root, 'set/dogs'), join(root, 'set/wolves'))],
    ['an image in the other class', () => rename(join(root, 'set/dogs/c.png'), join(root, 'set/cats/c.png'))],
    ['another image by the same name', () => image('set/cats/a.png', 220)],
  ])('is another for %s', async (_, change) => {
    await folder()
    const before = await ofFolder()
    expect(before).toMatch(/^[0-9a-f]{32}$/)
    await change()
    expect(await ofFolder()).not.toBe(before)
  })

  it('is another when two images of one length change places', async () => {
    await folder()
    const before = await ofFolder()
    const [first, second] = [await flatImage(80), await flatImage(120)]
    expect(first.length).toBe(second.length)
    await writeFile(join(root, 'set/dogs/c.png'), second)
    await writeFile(join(root, 'set/dogs/d.png'), first)
    expect(await ofFolder()).not.toBe(before)
  })

  it('stays when the folder is opened again, read otherwise, touched or moved', async () => {
    await folder()
    const before = await ofFolder()
    expect(await ofFolder()).toBe(before)
    expect(await ofFolder({ size: 16, channels: 1 })).toBe(before)
    await image('set/cats/a.png', 0)
    expect(await ofFolder()).toBe(before)
    await rename(join(root, 'set'), join(root, 'moved'))
    expect((await openDataset(`folder:${join(root, 'moved')}`)).fingerprint).toBe(before)
  })
})

describe('the fingerprint of shards', () => {
  const files = async (changes: Record<string, Buffer | string> = {}) => ({
    'a.png': await flatImage(10),
    'a.cls': '0',
    'b.png': await flatImage(20),
    'b.cls': '1',
    ...changes,
  })
  const ofShard = async (content: Record<string, Buffer | string>, name = 'a.tar') => {
    const entries = Object.entries(content).map(([key, body]) => ({
      header: { name: key, size: Buffer.byteLength(body) },
      body,
    }))
    await writeFile(join(root, name), await packTar(entries))
    return (await openDataset(`webdataset:${join(root, name)}`, { size: 8 })).fingerprint
  }

  it('tells labels, names and images apart, and nothing else', async () => {
    const before = await ofShard(await files())
    expect(await ofShard(await files())).toBe(before)
    expect(await ofShard(await files({ 'note.txt': 'x' }))).toBe(before)
    const others = [
      await ofShard(await files({ 'b.cls': '0' })),
      await ofShard(await files({ 'b.png': await flatImage(90) })),
      await ofShard(await files({ 'c.png': await flatImage(20), 'c.cls': '1' })),
      await ofShard(await files(), 'b.tar'),
    ]
    expect(new Set([before, ...others]).size).toBe(5)
  })
})

describe('the fingerprint of data in memory', () => {
  it('is another for every set, the same at every opening and for every size', async () => {
    const names = ['mnist', 'mnist-test', 'stacked-mnist', 'ring8', 'grid25', 'swissroll']
    const fingerprints = await Promise.all(names.map(async (name) => (await openDataset(name)).fingerprint))
    expect(new Set(fingerprints).size).toBe(names.length)
    expect((await openDataset('mnist', { size: 20 })).fingerprint).toBe(fingerprints[0])
    expect((await openDataset('ring8')).fingerprint).toBe(fingerprints[3])
  })
})

describe('fingerprintOf', () => {
  it('is the beginning of SHA-256 over the parts and their lengths', async () => {
    const expected = createHash('sha256')
      .update('8\nähnlich')
      .update('4\n')
      .update(Uint8Array.of(1, 0, 2, 0))
    expect(await fingerprintOf(['ähnlich', Uint8Array.of(1, 0, 2, 0)])).toBe(expected.digest('hex').slice(0, 32))
  })

  it('knows where a part ends', async () => {
    expect(await fingerprintOf(['ab', 'c'])).not.toBe(await fingerprintOf(['a', 'bc']))
  })

  it('looks at samples from the first to the last', () => {
    expect(evenlySpaced(3)).toEqual([0, 1, 2])
    expect(evenlySpaced(1)).toEqual([0])
    const places = evenlySpaced(60_000)
    expect([places.length, places[0], places.at(-1)]).toEqual([64, 0, 59_999])
    expect(new Set(places).size).toBe(64)
  })
})
