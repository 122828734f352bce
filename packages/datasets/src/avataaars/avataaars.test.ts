import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { outsideOfWorkspaces } from '../testing/outside-of-workspaces.ts'
import { floats } from '../testing/values-of.ts'
import { openAvataaars } from './avataaars.ts'
import { type AvatarAttribute, attributesOf } from './avatar-attributes.ts'
import { type AvatarStyle, avatarStyle } from './avatar-style.ts'
import { drawnAvatars } from './drawn-avatars.ts'

let cache: string
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'gantry-avatars-'))
  vi.stubEnv('GANTRY_CACHE', cache)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await rm(cache, { recursive: true })
})

const count = 40
const open = () => openAvataaars({ size: 48 }, { count })

async function drawings(): Promise<{ readonly path: string; readonly written: number }[]> {
  const [folder] = await readdir(join(cache, 'datasets', 'avataaars'))
  const root = join(cache, 'datasets', 'avataaars', folder!)
  const files = (await readdir(root)).sort()
  return Promise.all(
    files.map(async (file) => ({ path: join(root, file), written: (await stat(join(root, file))).mtimeMs })),
  )
}

describe('avataaars', () => {
  it('draws the skin that its label names', async () => {
    const dataset = await open()
    expect(dataset).toMatchObject({ size: count, fields: { image: { shape: [48, 48, 3] } } })
    const batch = (await dataset.batches({ batchSize: count, seed: 1 }).next()).value!
    const names = dataset.fields.skinColor!.names!
    // As Avataaars publishes them.
    const colours: Readonly<Record<string, readonly number[]>> = {
      black: [0x61, 0x43, 0x35],
      brown: [0xd0, 0x8b, 0x5b],
      'dark brown': [0xae, 0x5d, 0x29],
      light: [0xed, 0xb9, 0x8a],
      pale: [0xff, 0xdb, 0xb4],
      tanned: [0xfd, 0x98, 0x41],
      yellow: [0xf8, 0xd2, 0x5c],
    }
    expect([...names].sort()).toEqual(Object.keys(colours).sort())
    const pixels = floats(batch, 'image')
    const area = 48 * 48
    for (let sample = 0; sample < count; sample++) {
      const skin = names[Number(batch.skinColor!.data[sample])]!
      let matching = 0
      for (let pixel = sample * area; pixel < (sample + 1) * area; pixel++) {
        const near = colours[skin]!.every((value, channel) => {
          return Math.abs((pixels[pixel * 3 + channel]! + 1) * 127.5 - value) < 2
        })
        if (near) matching++
      }
      expect(matching, `${skin} skin of sample ${sample}`).toBeGreaterThan(60)
    }
  })

  it('draws each face once, and again what was not finished', async () => {
    const first = await open()
    const before = await drawings()
    expect((await open()).fingerprint).toBe(first.fingerprint)
    expect(await drawings()).toEqual(before)
    await rm(before.find(({ path }) => path.endsWith('.json'))!.path)
    expect((await open()).fingerprint).toBe(first.fingerprint)
    expect((await drawings()).map(({ path }) => path)).toEqual(before.map(({ path }) => path))
    const pictures = before.find(({ path }) => path.endsWith('.png'))!.path
    const whole = await readFile(pictures)
    await writeFile(pictures, whole.subarray(1))
    await open()
    expect((await readFile(pictures)).equals(whole)).toBe(true)
  })

  it('draws anew when attributes, or their classes, have another order', async () => {
    const style = await avatarStyle()
    const { attributes } = style
    const [first, ...others] = attributes
    const draw = async (own: readonly AvatarAttribute[]) => {
      const changed: AvatarStyle = {
        attributes: own,
        draw: (index, side) => {
          const { svg, labels } = style.draw(index, side)
          return { svg, labels: own.map(({ name }) => labels[attributes.findIndex((each) => each.name === name)]!) }
        },
      }
      const { labels } = await drawnAvatars({ style: changed, count: 3, side: 18 }, {})
      return labels
    }
    const labels = await draw(attributes)
    expect(await draw([...others, first!])).toEqual(labels.map(([own, ...rest]) => [...rest, own]))
    const folders = () => readdir(join(cache, 'datasets', 'avataaars'))
    const before = (await folders()).length
    await draw([{ ...first!, names: first!.names.toReversed() }, ...others])
    expect(await folders()).toHaveLength(before + 1)
    await draw(attributes)
    expect(await folders()).toHaveLength(before + 1)
  })

  it('tells how far it has come, and stops when it is told to', async () => {
    const onProgress = vi.fn()
    await openAvataaars({ size: 16, onProgress }, { count: 3 })
    expect(onProgress).toHaveBeenLastCalledWith({
      task: 'drawing faces of 16 pixels',
      unit: 'files',
      done: 3,
      total: 3,
    })
    const stopped = openAvataaars({ size: 17, signal: AbortSignal.abort('stopped') }, { count: 3 })
    await expect(stopped).rejects.toBe('stopped')
  })

  it('says so when the packages are of another version', async () => {
    outsideOfWorkspaces()
    for (const [name, code] of [
      ['@dicebear/core', 'export const createAvatar = () => {}'],
      ['@dicebear/avataaars', 'export const schema = { properties: {} }'],
    ] as const) {
      const folder = join(cache, 'node_modules', name)
      await mkdir(folder, { recursive: true })
      await writeFile(join(folder, 'package.json'), JSON.stringify({ name, type: 'module', exports: './index.js' }))
      await writeFile(join(folder, 'index.js'), code)
    }
    await expect(openAvataaars({}, { from: [cache] })).rejects.toMatchObject({
      code: 'AVATARS_UNUSABLE',
      fix: 'Run: npm i @dicebear/avataaars@9 @dicebear/core@9',
    })
  })
})

describe('attributes of a style', () => {
  it('are without where faces may be, and unknown of another version', () => {
    const values = { default: ['a', 'b'] }
    const names = [
      'top',
      'skinColor',
      'hairColor',
      'clothing',
      'mouth',
      'eyes',
      'eyebrows',
      'facialHair',
      'accessories',
    ]
    const schema = Object.fromEntries(names.map((name) => [name, values]))
    const sometimes = { ...schema, accessoriesProbability: { default: 10 }, topProbability: { default: 100 } }
    const attributes = attributesOf(sometimes)!
    const [top, accessories] = [attributes[0]!, attributes.at(-1)!]
    expect([top.names, accessories.names]).toEqual([
      ['a', 'b'],
      ['none', 'a', 'b'],
    ])
    expect([top, accessories].map(({ classOf }) => [undefined, 'a', '#b', 'c'].map(classOf))).toEqual([
      [-1, 0, 1, -1],
      [0, 1, 2, -1],
    ])
    expect(attributesOf({ top: values })).toBeUndefined()
  })
})
