import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Batch, type BatchOptions, type Dataset, labelField, pointsField } from '@gantry/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { datasetOf, type OpenedDataset, openDataset, unpairedDataset } from '../index.ts'
import { flatImage } from '../testing/flat-images.ts'
import { floats, integers } from '../testing/values-of.ts'
import { splitNames } from './split-names.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-unpaired-'))
})
afterEach(() => rm(root, { recursive: true }))

/** Sample i is the point [i], of class i mod 2. */
function counting(name: string, size: number): Promise<OpenedDataset> {
  const indices = Array.from({ length: size }, (_, index) => index)
  return datasetOf({
    name,
    fields: { points: pointsField([1]), label: labelField(['even', 'odd']) },
    arrays: { points: Float32Array.from(indices), label: Int32Array.from(indices, (index) => index % 2) },
  })
}

async function take(dataset: Dataset, count: number, options: Partial<BatchOptions> = {}): Promise<Batch[]> {
  const batches: Batch[] = []
  for await (const batch of dataset.batches({ batchSize: 4, seed: 5, ...options })) {
    if (batches.push(batch) === count) break
  }
  return batches
}

const valuesOf = (batches: Batch[], field: string) => batches.flatMap((batch) => [...floats(batch, field)])

describe('two data sets side by side', () => {
  it('have the fields of both, by side', async () => {
    const dataset = await unpairedDataset(await counting('x', 20), await openDataset('swissroll'))
    expect(Object.keys(dataset.fields)).toEqual(['a', 'a-label', 'b'])
    expect(dataset).toMatchObject({
      specificationVersion: 2,
      name: 'unpaired:x,swissroll',
      size: 100_000,
      labelCounts: [10, 10],
      fields: { 'a-label': { names: ['even', 'odd'] }, b: { modality: 'points', shape: [2] } },
    })
    expect(dataset.description.source).toMatch(
      /; an epoch is 100000 samples, once through swissroll and 5000\.0 times through x$/,
    )
    const [batch] = await take(dataset, 1)
    expect(batch).toMatchObject({ a: { shape: [4, 1] }, 'a-label': { shape: [4] }, b: { shape: [4, 2] } })
    expect([...integers(batch!, 'a-label')]).toEqual(valuesOf([batch!], 'a').map((value) => value % 2))
  })

  it('are each in an order of its own, also when both are one', async () => {
    const dataset = await unpairedDataset(await counting('x', 40), await counting('x', 40))
    const batches = await take(dataset, 10)
    const [a, b] = [valuesOf(batches, 'a'), valuesOf(batches, 'b')]
    expect(a).not.toEqual(b)
    expect(a.toSorted((left, right) => left - right)).toEqual(b.toSorted((left, right) => left - right))
    expect(valuesOf(await take(dataset, 10, { seed: 6 }), 'b')).not.toEqual(b)
  })

  it('repeat the smaller one within an epoch of the larger', async () => {
    const dataset = await unpairedDataset(await counting('x', 8), await counting('y', 24))
    const batches = await take(dataset, 6)
    const times = valuesOf(batches, 'a').filter((value) => value === 3)
    expect(times).toHaveLength(3)
    expect(new Set(valuesOf(batches, 'b')).size).toBe(24)
  })

  it('resume and shard as one data set does', async () => {
    const dataset = await unpairedDataset(await counting('x', 10), await counting('y', 7))
    const whole = await take(dataset, 9)
    expect(await take(dataset, 4, { from: 5 })).toEqual(whole.slice(5))
    const [odd] = await take(dataset, 1, { shard: { index: 1, count: 2 } })
    expect(valuesOf([odd!], 'b')).toEqual(valuesOf(whole.slice(0, 1), 'b').filter((_, row) => row % 2 === 1))
  })

  it('refuse impossible options at the call', async () => {
    const dataset = await unpairedDataset(await counting('x', 10), await counting('y', 7))
    expect(() => dataset.batches({ batchSize: 0, seed: 1 })).toThrow(/A batch size is/)
    expect(() => dataset.batches({ batchSize: 1, seed: -1 })).toThrow(/seed/)
  })

  it('are another data set when one of them is', async () => {
    const [x, y] = [await counting('x', 10), await counting('y', 7)]
    const { fingerprint } = await unpairedDataset(x, y)
    expect((await unpairedDataset(y, x)).fingerprint).not.toBe(fingerprint)
    expect((await unpairedDataset(x, await counting('y', 8))).fingerprint).not.toBe(fingerprint)
    expect((await unpairedDataset(x, y)).fingerprint).toBe(fingerprint)
  })

  it('are both left and disposed', async () => {
    const left: string[] = []
    const watched = (dataset: OpenedDataset): OpenedDataset => ({
      ...dataset,
      dispose: async () => void left.push(`disposed ${dataset.name}`),
      async *batches(options) {
        try {
          yield* dataset.batches(options)
        } finally {
          left.push(`left ${dataset.name}`)
        }
      },
    })
    const dataset = await unpairedDataset(watched(await counting('x', 10)), watched(await counting('y', 7)))
    await take(dataset, 2)
    expect(left.toSorted()).toEqual(['left x', 'left y'])
    await dataset.dispose!()
    expect(left.slice(2).toSorted()).toEqual(['disposed x', 'disposed y'])
  })
})

describe('unpaired:A,B', () => {
  const images = async (folder: string, values: number[]) => {
    await mkdir(join(root, folder), { recursive: true })
    for (const value of values) await writeFile(join(root, folder, `${value}.png`), await flatImage(value))
    return `folder:${join(root, folder)}`
  }

  it('opens two folders, whose paths may have commas, with options for both', async () => {
    const [horses, zebras] = [await images('horses, brown', [10, 20]), await images('zebras', [200])]
    const dataset = await openDataset(`unpaired:${horses},${zebras}`, { size: 8, channels: 1 })
    expect(dataset.fields).toMatchObject({ a: { shape: [8, 8, 1] }, b: { shape: [8, 8, 1] } })
    const [batch] = await take(dataset, 1)
    expect(Math.round((floats(batch!, 'b')[0]! + 1) * 127.5)).toBe(200)
  })

  it('gives an option only to those that understand it', async () => {
    const dataset = await openDataset('unpaired:mnist,ring8', { size: 20 })
    expect(Object.entries(dataset.fields).map(([name, { shape }]) => `${name} ${shape}`)).toEqual([
      'a 20,20,1',
      'a-label ',
      'b 2',
      'b-label ',
    ])
  })

  it('lists what was skipped on either side', async () => {
    const [good, bad] = [await images('good', [1]), await images('bad', [2])]
    await writeFile(join(root, 'bad', 'a.png'), 'text')
    const { description } = await openDataset(`unpaired:${good},${bad}`)
    expect(description.skipped.map(({ name }) => name)).toEqual([`${bad}: a.png`])
  })

  it('releases the first when the second cannot be opened', async () => {
    const dispose = vi.fn()
    const { openFrom } = await import('../open-from.ts')
    const { unpaired } = await import('./unpaired.ts')
    const about = { description: '', gives: [], source: '', licence: '', options: [] }
    const definitions = [
      unpaired,
      { ...about, name: 'good', open: async () => ({ ...(await counting('good', 3)), dispose }) },
      { ...about, name: 'bad', open: () => Promise.reject(new Error('no disk')) },
    ]
    await expect(openFrom(definitions, 'unpaired:good,bad', {})).rejects.toThrow('no disk')
    expect(dispose).toHaveBeenCalledOnce()
  })

  it.each([
    ['unpaired', {}, 'DATASET_PARAMETER_MISSING', 'Write unpaired:A,B.'],
    ['unpaired:ring8', {}, 'UNPAIRED_INVALID', 'has no comma. Write it like unpaired:emoji:google,emoji:twitter'],
    ['unpaired:ring8,rin8', {}, 'DATASET_UNKNOWN', "There is no data set 'rin8'. Did you mean 'ring8'?"],
    ['unpaired:ring8,', {}, 'DATASET_UNKNOWN', "There is no data set ''."],
    ['unpaired:folder:/x,folder', {}, 'DATASET_PARAMETER_MISSING', 'Write folder:PATH.'],
    ['unpaired:ring8,/x,y', {}, 'UNPAIRED_INVALID', 'no comma of it stands between two names of data sets'],
    [
      'unpaired:ring8,swissroll',
      { size: 8 },
      'DATASET_OPTION_UNSUPPORTED',
      "unpaired:ring8,swissroll has no option 'size'",
    ],
    ['unpaired:ring8,mnist', { channels: 3 } as const, 'CHANNELS_INVALID', 'mnist gives images of 1 channel(s), but 3'],
  ])('refuses %s', async (name, options, code, message) => {
    await expect(openDataset(name, options)).rejects.toMatchObject({
      code,
      exitCode: 2,
      message: expect.stringContaining(message),
    })
  })
})

describe('splitNames', () => {
  const isName = (text: string) => /^(mnist|emoji:(google|twitter)|folder:.+)$/s.test(text)

  it.each([
    ['emoji:google,emoji:twitter', ['emoji:google', 'emoji:twitter']],
    ['folder:/x,folder:/y', ['folder:/x', 'folder:/y']],
    ['folder:/a,b/c,mnist', ['folder:/a,b/c', 'mnist']],
    ['mnist,folder:/a,b', ['mnist', 'folder:/a,b']],
  ])('splits %s', (text, names) => expect(splitNames(text, isName)).toEqual(names))

  it('says what can be read in two ways', () => {
    expect(() => splitNames('folder:/x,mnist,mnist', isName)).not.toThrow()
    expect(() => splitNames('folder:/x,folder:/y,mnist', isName)).toThrow(
      "can be read in 2 ways: 'folder:/x' and 'folder:/y,mnist', or 'folder:/x,folder:/y' and 'mnist'. Give the path",
    )
  })
})
