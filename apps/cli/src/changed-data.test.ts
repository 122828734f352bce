import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { noisePng, writeImages } from '../../../packages/runs/src/testing/images.ts'
import { gantry, gantryJson, temporaryFolder } from './testing/gantry.ts'

const train = (...more: string[]) => [
  ...['train', 'cgan', '--data', 'folder:fruits', '--size', '8', '--batch-size', '3', '--out', 'run'],
  ...['--set', 'architecture=mlp', 'hiddenUnits=8', 'latentSize=4', 'sampleCount=3', ...more],
]

let start: string
beforeAll(async () => {
  start = await temporaryFolder()
  for (const name of ['apple', 'banana', 'cherry']) await writeImages(join(start, 'fruits', name), 2)
  const { code, stderr } = await gantry(train('steps=2'), start)
  if (code !== 0) throw new Error(stderr)
})

/** The run and its data once more, as they were after two steps. The run names its data by an absolute path. */
async function again(): Promise<string> {
  const cwd = await temporaryFolder()
  for (const name of ['fruits', 'run']) await cp(join(start, name), join(cwd, name), { recursive: true })
  const path = join(cwd, 'run/config.json')
  await writeFile(path, (await readFile(path, 'utf8')).replaceAll(start, cwd))
  return cwd
}

const read = async (cwd: string, name: string) => readFile(join(cwd, 'run', name), 'utf8')

describe('gantry train --resume with other data', () => {
  it.each<[string, (fruits: string) => Promise<void>, RegExp]>([
    [
      'a class with another name',
      (fruits) => rename(join(fruits, 'apple'), join(fruits, 'zebra')),
      /'label' had the names apple, banana, cherry, and now has banana, cherry, zebra/,
    ],
    [
      'a class less',
      (fruits) => rm(join(fruits, 'cherry'), { recursive: true }),
      /'label' had the names apple, banana, cherry, and now has apple, banana/,
    ],
    [
      'an image more',
      async (fruits) => writeFile(join(fruits, 'banana', '99.png'), await noisePng(20, 20)),
      /it had 6 samples, and now has 7/,
    ],
    ['an image less', (fruits) => rm(join(fruits, 'banana', '01.png')), /it had 6 samples, and now has 5/],
    [
      'an image in another class',
      (fruits) => rename(join(fruits, 'banana', '01.png'), join(fruits, 'cherry', '02.png')),
      /its labels had 2, 2, 2 samples, and now have 2, 1, 3/,
    ],
    [
      'another image under a name',
      async (fruits) => writeFile(join(fruits, 'banana', '01.png'), await noisePng(40, 40)),
      /had the fingerprint [0-9a-f]{12}, and now has [0-9a-f]{12}/,
    ],
  ])('is refused: %s', async (_, change, difference) => {
    const cwd = await again()
    await change(join(cwd, 'fruits'))
    const before = await read(cwd, 'events.jsonl')
    const { code, stdout, stderr } = await gantry([...train('steps=4'), '--resume', '--json'], cwd)
    const { error } = JSON.parse(stdout)
    expect([code, error.code]).toEqual([2, 'DATA_CHANGED'])
    expect(error.message).toMatch(difference)
    expect(stderr).toMatch(/The run in run .*new run with another '--out'/)
    expect(await read(cwd, 'events.jsonl')).toBe(before)
  })

  it('goes on with the same data, wherever they lie', async () => {
    const cwd = await again()
    const { code, result } = await gantryJson([...train('steps=4'), '--resume'], cwd)
    expect([code, result.outcome, result.step]).toEqual([0, 'finished', 4])
  })

  it('goes on where the run knew nothing of its data, and knows them afterwards', async () => {
    const cwd = await again()
    const config = JSON.parse(await read(cwd, 'config.json'))
    const { dataset, ...forgetful } = config
    expect(dataset).toMatchObject({ size: 6, binding: { samples: 'image', labels: 'label' }, labelCounts: [2, 2, 2] })
    await writeFile(join(cwd, 'run/config.json'), JSON.stringify(forgetful))
    const { code } = await gantry([...train('steps=4'), '--resume'], cwd)
    expect(code).toBe(0)
    expect(JSON.parse(await read(cwd, 'config.json')).dataset).toEqual(dataset)
  })
})

describe('a run whose data are gone', () => {
  it('is exported, checked against its trainer, and sampled', async () => {
    const cwd = await again()
    await rm(join(cwd, 'fruits'), { recursive: true })
    await rm(join(cwd, 'run/generator.onnx'))
    const { code, result } = await gantryJson(['export', 'run', '--weights', 'raw', '--out', 'raw.onnx'], cwd)
    expect([code, result.error]).toEqual([0, undefined])
    expect(result.manifest).toMatchObject({
      inputs: { labels: { modality: 'label', names: ['apple', 'banana', 'cherry'], field: 'label' } },
      outputs: { samples: { modality: 'image', shape: [8, 8, 3], field: 'image' } },
      batchSizesChecked: [1, 7, 64],
    })
    expect(result.manifest.parityError).toBeLessThan(1e-5)
    const sampled = await gantry(['sample', 'run', '--label', 'banana', '--count', '4', '--out', 'bananas.png'], cwd)
    expect([sampled.code, sampled.stderr]).toEqual([0, expect.stringContaining('exporting its newest checkpoint')])
    const shown = await gantryJson(['inspect', 'run'], cwd)
    expect(shown.result.data).toMatchObject({ size: 6, fields: { label: { names: ['apple', 'banana', 'cherry'] } } })
  })
})
