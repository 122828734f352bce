import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodePng, drawRows } from '@gantry/modalities'
import { beforeAll, describe, expect, it } from 'vitest'
import { writeImages } from '../../../packages/runs/src/testing/images.ts'
import { foreignGenerator, foreignWeights } from '../../../packages/runs/src/testing/tiny-models.ts'
import { gantry, gantryJson, temporaryFolder } from './testing/gantry.ts'

const ports = {
  inputs: { z: { modality: 'latent' }, y: { modality: 'label', names: ['cat', 'dog', 'eel'] } },
  outputs: { picture: { modality: 'image', range: [0, 1], channels: 'first' } },
}

let cwd: string
beforeAll(async () => {
  cwd = await temporaryFolder()
  await writeFile(join(cwd, 'foreign.onnx'), foreignGenerator([4, 2]))
  await writeFile(join(cwd, 'ports.json'), JSON.stringify(ports))
})

/** Images number 0 to `count - 1` of a seed, from the formula: [count, height, width, channels] in 0 to 255. */
function byHand(count: number, seed: number, labelOf: (index: number) => number): number[][] {
  const draw = (name: string) => drawRows({ name, shape: [6], distribution: 'normal' }, { seed, from: 0, count }).data
  const [z, jitter] = [draw('z'), draw('jitter')]
  const { classes, kernel } = foreignWeights([4, 2])
  return Array.from({ length: count }, (_, index) => {
    const hidden = Array.from({ length: 6 }, (__, unit) => {
      return Number(z[index * 6 + unit]) + Number(jitter[index * 6 + unit]) + classes.data[labelOf(index) * 6 + unit]!
    })
    const flat = Array.from({ length: 24 }, (__, at) => {
      const logit = hidden.reduce((sum, value, unit) => sum + value * kernel.data[unit * 24 + at]!, 0)
      return 255 / (1 + Math.exp(-logit))
    })
    // Channels first, [3, 4, 2], as channels last.
    return Array.from({ length: 24 }, (__, at) => flat[(at % 3) * 8 + Math.floor(at / 3)]!)
  })
}

async function expectPictures(folder: string, expected: readonly (readonly number[])[]) {
  const names = (await readdir(join(cwd, folder))).sort()
  expect(names).toHaveLength(expected.length)
  for (const [index, name] of names.entries()) {
    const { width, height, channels, data } = decodePng(await readFile(join(cwd, folder, name)))
    expect([width, height, channels]).toEqual([2, 4, 3])
    for (const [at, value] of expected[index]!.entries()) expect(Math.abs(data[at]! - value)).toBeLessThan(0.51)
  }
}

const foreign = (command: string, ...more: string[]) => [command, 'foreign.onnx', '--describe', 'ports.json', ...more]

describe("somebody else's generator", () => {
  it('is sampled as it is described: its channels, its range, its labels, its batch size, its noise', async () => {
    // Six samples of a model that takes four: one batch and a half.
    const { code, result } = await gantryJson(foreign('sample', '--count', '6', '--seed', '3', '--out', 'all/'), cwd)
    expect([code, result.shown, result.count]).toEqual([0, 'image', 6])
    await expectPictures(
      'all',
      byHand(6, 3, (index) => index % 3),
    )
    await gantry(foreign('sample', '--count', '2', '--input', 'y=eel', '--out', 'eels/'), cwd)
    await expectPictures(
      'eels',
      byHand(2, 0, () => 2),
    )
    const grid = await gantry(foreign('sample', '--count', '9', '--label', 'dog', '--out', 'grid.png'), cwd)
    expect([grid.code, grid.stdout]).toEqual([0, expect.stringMatching(/^9 samples of foreign\.onnx/)])
  })

  it('is evaluated against a data set of the same size', async () => {
    await writeImages(join(cwd, 'pictures'), 12)
    await writeFile(join(cwd, 'square.onnx'), foreignGenerator([16, 16]))
    const described = ['square.onnx', '--describe', 'ports.json']
    const data = ['--data', 'folder:pictures', '--extractor', 'pixels', '--metrics', 'fid,prdc', '--resamples', '0']
    const own = await gantryJson(['evaluate', ...described, ...data], cwd)
    expect([own.code, own.result.realCount, own.result.generatedCount]).toEqual([0, 12, 12])
    // The same pictures as files get the same scores.
    await gantry(['sample', ...described, '--count', '12', '--out', 'made/'], cwd)
    const files = await gantryJson(['evaluate', 'made', '--size', '16', ...data], cwd)
    const valuesOf = ({ scores }: { scores: { name: string; value: number }[] }) =>
      scores.map(({ name, value }) => [name, expect.closeTo(value, 6)])
    expect(own.result.scores.map(({ name, value }: { name: string; value: number }) => [name, value])).toEqual(
      valuesOf(files.result),
    )
    const differ = await gantry(foreign('evaluate', ...data), cwd)
    expect([differ.code, differ.stderr]).toEqual([1, expect.stringMatching(/4×4×3.*4×2×3/)])
    const against = await gantry(foreign('evaluate'), cwd)
    expect([against.code, against.stderr]).toEqual([2, expect.stringMatching(/no real samples.*--data/)])
  })

  it.each([
    ['not JSON', '{ "inputs": ', /ports-0\.json is not JSON/],
    ['no outputs', { inputs: ports.inputs }, /ports-1\.json: 'outputs'/],
    ['an unknown key', { ...ports, outputs: { picture: { modality: 'image', chanels: 'first' } } }, /'chanels'/],
    [
      'an unknown input',
      { ...ports, inputs: { ...ports.inputs, zz: ports.inputs.z } },
      /no input 'zz'; it has z float32\[4,6\].*Did you mean 'z'\?/,
    ],
    [
      'an unknown output',
      { ...ports, outputs: { pictures: ports.outputs.picture } },
      /no output 'pictures'; it has picture float32\[4,3,4,2\]/,
    ],
    [
      'an unknown modality',
      { ...ports, outputs: { picture: { modality: 'imgae' } } },
      /no modality 'imgae'\. Did you mean 'image'\?/,
    ],
    ['nothing of an input of integers', { ...ports, inputs: { z: ports.inputs.z } }, /says nothing of the input 'y'/],
  ])('is refused with a description that has %s', async (name, content, message) => {
    const index = ['not JSON', 'no outputs'].indexOf(name)
    const file = `ports-${index === -1 ? 'other' : index}.json`
    await writeFile(join(cwd, file), typeof content === 'string' ? content : JSON.stringify(content))
    const { code, stdout, stderr } = await gantry(['sample', 'foreign.onnx', '--describe', file], cwd)
    expect(stderr).toMatch(message)
    expect([code, stdout]).toEqual([2, ''])
  })
})
