import { cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describeModel } from '@gantry/runs/generators'
import { beforeAll, describe, expect, it } from 'vitest'
import { installEmoji } from '../../../packages/datasets/src/testing/emoji-package.ts'
import { writeImages } from '../../../packages/runs/src/testing/images.ts'
import { gantry, gantryJson, temporaryFolder } from './testing/gantry.ts'

const picturesColumn = fileURLToPath(new URL('./testing/fixtures/picture-column.parquet', import.meta.url))

let cwd: string
beforeAll(async () => {
  cwd = await temporaryFolder()
  // Emoji packages are looked for below the working directory too.
  for (const vendor of ['google', 'twitter'] as const) await installEmoji(cwd, vendor)
  await cp(picturesColumn, join(cwd, 'pictures.parquet'))
})

const brief = (variant: string, data: string, ...more: string[]) => [
  ...['train', variant, '--data', data, '--steps', '1', '--batch-size', '2'],
  ...['--set', 'generatorWidth=4', 'discriminatorWidth=4', 'sampleCount=4', ...more],
]

async function trained(args: readonly string[], out: string) {
  const { code, result } = await gantryJson([...args, '--out', out], cwd)
  expect([code, result.outcome]).toEqual([0, 'finished'])
  const config = JSON.parse(await readFile(join(cwd, out, 'config.json'), 'utf8'))
  const { manifest } = await describeModel(join(cwd, out, 'generator.onnx'))
  return { config, manifest: manifest! }
}

describe('gantry train --bind', () => {
  it('names what would have been bound anyway', async () => {
    const bound = await trained([...brief('dcgan', 'mnist'), '--bind', 'samples=image'], 'bound')
    const free = await trained(brief('dcgan', 'mnist'), 'free')
    expect([bound.config.bind, free.config.bind]).toEqual([{ samples: 'image' }, {}])
    expect(bound.config.dataset.binding).toEqual({ samples: 'image' })
    expect(free.config.dataset).toEqual(bound.config.dataset)
    expect(bound.manifest).toEqual(free.manifest)
  })

  it('chooses one of two pictures of the same thing', async () => {
    const own = [...brief('dcgan', 'emoji-twins'), '--size', '16', '--channels', '3']
    const twitter = await trained([...own, '--bind', 'samples=twitter'], 'twitter')
    const { fields, binding } = twitter.config.dataset
    expect(binding).toEqual({ samples: 'twitter' })
    expect(Object.keys(fields)).toEqual(['google', 'twitter', 'words'])
    expect(fields.twitter.shape).toEqual([16, 16, 3])
    expect(twitter.manifest.outputs.samples).toMatchObject({ modality: 'image', field: 'twitter' })
    const google = await trained(own, 'google')
    expect(google.manifest.outputs.samples!.field).toBe('google')
    expect(google.manifest.weightsHash).not.toBe(twitter.manifest.weightsHash)
  })

  it('chooses one of two data sets side by side', async () => {
    const args = brief('dcgan', 'unpaired:mnist,mnist-test')
    const { config, manifest } = await trained([...args, '--bind', 'samples=b'], 'unpaired')
    expect(Object.keys(config.dataset.fields)).toEqual(['a', 'a-label', 'b', 'b-label'])
    expect([config.data, manifest.outputs.samples!.field]).toEqual(['unpaired:mnist,mnist-test', 'b'])
    const { result } = await gantryJson(['inspect', 'unpaired:mnist,mnist-test', '--out', 'pairs.png'], cwd)
    expect(Object.keys(result.fields)).toEqual(['a', 'a-label', 'b', 'b-label'])
  })

  it.each([
    [brief('dcgan', 'mnist'), ['samples=imag'], /no field 'imag'.*'samples'.*Did you mean 'image'\?/],
    [brief('dcgan', 'mnist'), ['sample=image'], /'dcgan' needs no 'sample'.*Did you mean 'samples'\?/],
    [
      brief('dcgan', 'mnist'),
      ['samples=label'],
      /modality image as 'samples', but the field 'label' is of the modality label/,
    ],
    [brief('stylegan2', 'mnist'), ['labels=label'], /'label' is bound to 'labels', but .* with conditioning=none\./],
    [brief('dcgan', 'mnist'), ['samples'], /--bind needs key=value but got 'samples'/],
    [
      brief('cgan', 'swissroll'),
      [],
      /modality label as 'labels', but the data set has 'points' \(points\).*another variant\.$/m,
    ],
  ])('refuses what does not fit: %j %j', async (args, bind, message) => {
    const flags = bind.length > 0 ? ['--bind', ...bind] : []
    const { code, stdout, stderr } = await gantry([...args, ...flags], cwd)
    expect(stderr).toMatch(message)
    expect([code, stdout]).toEqual([2, ''])
  })
})

describe('columns of a file', () => {
  it('are named by flags of every command that reads data', async () => {
    const file = 'parquet:pictures.parquet'
    const columns = ['--image-column', 'picture', '--size', '16']
    const train = [...brief('dcgan', file), ...columns, '--channels', '1']
    const { config } = await trained(train, 'columns')
    expect(config.dataOptions).toEqual({ imageColumn: 'picture', size: 16, channels: 1 })
    expect(config.dataset.fields.image.shape).toEqual([16, 16, 1])
    const { result } = await gantryJson(['inspect', file, ...columns], cwd)
    expect(result).toMatchObject({ samples: 4, fields: { image: { shape: [16, 16, 3] } } })
    const stats = ['stats', file, ...columns, '--extractor', 'pixels', '--out', 'pictures.npz']
    expect((await gantryJson(stats, cwd)).result).toMatchObject({ count: 4, features: 768 })
    const evaluate = ['evaluate', 'columns', '--data', file, ...columns, '--channels', '1', '--extractor', 'pixels']
    expect((await gantryJson([...evaluate, '--metrics', 'swd'], cwd)).result).toMatchObject({ realCount: 4 })
  })

  it('are those of the side that has any', async () => {
    await writeImages(join(cwd, 'shots'), 4)
    const scores = ['--extractor', 'pixels', '--metrics', 'fid', '--size', '16', '--image-column', 'picture']
    const files = ['evaluate', 'shots', '--data', 'parquet:pictures.parquet', ...scores]
    expect((await gantryJson(files, cwd)).result).toMatchObject({ realCount: 4, generatedCount: 4 })
    const neither = await gantry(['evaluate', 'shots', '--data', 'mnist', ...scores], cwd)
    expect([neither.code, neither.stderr]).toEqual([2, expect.stringMatching(/no option 'imageColumn'/)])
  })

  it('are refused where there are none, naming what there is', async () => {
    const wrong = await gantry(brief('dcgan', 'parquet:pictures.parquet'), cwd)
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringMatching(/no column 'image' or 'img', only picture/)])
    const absent = await gantry([...brief('dcgan', 'mnist'), '--label-column', 'digit'], cwd)
    expect([absent.code, absent.stderr]).toEqual([2, expect.stringMatching(/mnist has no option 'labelColumn'/)])
  })
})
