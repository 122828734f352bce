import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type NDArray, ndarray } from '@gantry/core'
import { imagePng } from '@gantry/modalities'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { negative } from '../testing/tiny-models.ts'
import { type EvaluateOptions, evaluateRun } from './evaluate-run.ts'
import { nearestAnswers } from './nearest-answers.ts'
import { openSides } from './open-sides.ts'

const PAIRS = 9
const SIZE = 16

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-translations-'))
  process.env.GANTRY_CACHE = join(root, 'cache')
  for (const folder of ['a', 'b', 'half']) await mkdir(join(root, folder))
  for (let index = 0; index < PAIRS; index++) {
    const picture = waves(index)
    await save('a', index, picture)
    await save('b', index, { ...picture, data: picture.data.map((value) => -value) })
    await save('half', index, { ...picture, data: picture.data.map((value) => -value / 2) })
  }
  await writeFile(join(root, 'there.onnx'), negative({ inverse: 'back' }))
  await writeFile(join(root, 'alone.onnx'), negative())
  await writeFile(join(root, 'back.onnx'), negative({ source: 'b', target: 'a', factor: -0.5 }))
})
afterAll(() => rm(root, { recursive: true, force: true }))

/** A picture of bytes, so that a file of it loses nothing; others for others. */
function waves(index: number): NDArray<'float32'> {
  const byte = (at: number) => Math.round(127.5 + 127.5 * Math.sin((index + 1) * 0.37 * at))
  return ndarray(
    'float32',
    [1, SIZE, SIZE, 3],
    Float32Array.from({ length: SIZE * SIZE * 3 }, (_, at) => byte(at) / 127.5 - 1),
  )
}

async function save(folder: string, index: number, picture: NDArray): Promise<void> {
  await writeFile(join(root, folder, `${index}.png`), await imagePng(picture, 0))
}

const at = (name: string) => join(root, name)
const paired = () => `paired:${at('a')},${at('b')}`

async function scoresOf(model: string, data: string, options: EvaluateOptions = {}) {
  const said: string[] = []
  const dataOptions = { size: SIZE }
  const progress = { say: (text: string) => said.push(text) }
  const evaluated = await evaluateRun(at(model), { data, dataOptions, resamples: 20, progress, ...options })
  return { ...evaluated, said, scores: new Map(evaluated.evaluation.scores.map((score) => [score.name, score])) }
}

describe('scores of a translation', () => {
  it('compare what it makes of each source with the other half of it, whatever the seed', async () => {
    for (const seed of [0, 5]) {
      const { scores, said } = await scoresOf('alone.onnx', paired(), { seed })
      // Features of 16×16 colours need an extractor; pairs do not.
      expect(said.join()).toMatch(/only samples: .*need an extractor/)
      expect([...scores.keys()]).toEqual(['psnr', 'ssim', 'l1', 'random-conv-distance'])
      expect(scores.get('l1')).toMatchObject({ value: 0, baselines: { identity: expect.closeTo(0.63, 1) } })
      expect(scores.get('ssim')!.value).toBeCloseTo(1, 12)
      expect(scores.get('ssim')!.baselines!.identity).toBeLessThan(0)
      expect(scores.get('random-conv-distance')!.value).toBeCloseTo(0, 6)
    }
    const { scores } = await scoresOf('alone.onnx', `paired:${at('a')},${at('half')}`, { metrics: ['l1'] })
    const { value, interval } = scores.get('l1')!
    expect(value).toBeCloseTo(0.16, 2)
    expect(interval![0] < value && value < interval![1]).toBe(true)
  })

  it('are of the way there and back where there is one, from the file beside it', async () => {
    const { scores } = await scoresOf('there.onnx', paired(), { metrics: ['cycle', 'l1'] })
    // Half of it is left: what comes back is x / 2, either way.
    expect(scores.get('cycle-error')!.value).toBeCloseTo(0.16, 2)
    expect(scores.get('cycle-error-back')!.value).toBeCloseTo(scores.get('cycle-error')!.value, 6)
    await rm(at('back.onnx'))
    const lost = scoresOf('there.onnx', paired(), { metrics: ['cycle'] })
    await expect(lost).rejects.toMatchObject({ code: 'FUNCTION_MISSING', message: expect.stringMatching(/'back'/) })
    await writeFile(at('back.onnx'), negative({ source: 'b', target: 'a', factor: -0.5 }))
  })

  it('of sides that do not belong together are those of sets, and of the way back', async () => {
    const unpaired = `unpaired:folder:${at('a')},folder:${at('b')}`
    const { scores, paired: together } = await scoresOf('there.onnx', unpaired, { extractor: 'pixels', resamples: 0 })
    expect(together).toBe(false)
    expect([...scores.keys()].slice(0, 4)).toEqual(['cycle-error', 'cycle-error-back', 'pixels-frechet', 'pixels-kid'])
    // The sources themselves are scored as the outputs are.
    expect(scores.get('pixels-frechet')!.baselines!.identity).toBeGreaterThan(0)
    await expect(scoresOf('there.onnx', unpaired, { metrics: ['psnr'] })).rejects.toMatchObject({
      code: 'METRIC_UNAVAILABLE',
      message: expect.stringMatching(/'psnr' needs a real sample for each.*not unpaired:A,B/),
    })
    await expect(scoresOf('alone.onnx', unpaired, { metrics: ['cycle'] })).rejects.toMatchObject({
      code: 'METRIC_UNAVAILABLE',
    })
  })

  it.each([
    ['alone.onnx', () => `folder:${at('a')}`, 'FIELD_MISSING', /has no field 'a', which 'source' takes.*it has image/],
    ['other.onnx', paired, 'FIELD_MISSING', /has no field 'c', which 'target' imitates.*it has a, b/],
    ['alone.onnx', () => at('statistics.npz'), 'DATA_MISSING', /there are only statistics/],
  ])('need data with both sides: %s of %s is %s', async (model, data, code, message) => {
    await writeFile(at('other.onnx'), negative({ target: 'c' }))
    if (code === 'DATA_MISSING') {
      const { writeStatistics } = await import('./write-statistics.ts')
      await writeStatistics(`folder:${at('a')}`, data(), { extractor: 'pixels', dataOptions: { size: SIZE } })
    }
    const refused = { code, message: expect.stringMatching(message) }
    await expect(scoresOf(model, data(), { extractor: 'pixels' })).rejects.toMatchObject(refused)
  })
})

describe('the nearest neighbour by source', () => {
  const nearestOf = async (training: string) => {
    const sides = await openSides(at('alone.onnx'), { data: paired(), dataOptions: { size: SIZE }, seed: 0 }, {})
    const known = await openSides(at('alone.onnx'), { data: training, dataOptions: { size: SIZE }, seed: 0 }, {})
    try {
      const { sources, images } = await firstOf(sides.generated)
      const learned = 'samples' in known.real ? known.real.samples : undefined
      return { answers: await nearestAnswers(sides, learned!, sources, {}), images }
    } finally {
      await sides.dispose()
      await known.dispose()
    }
  }
  const firstOf = async (samples: Awaited<ReturnType<typeof openSides>>['generated']) => {
    const { KeptImages, imageBatches } = await import('./read-samples.ts')
    const kept = new KeptImages(samples)
    for await (const _ of imageBatches(samples, { from: 0, count: PAIRS, what: '' }, kept));
    return { sources: kept.kept.sources!, images: kept.kept.images }
  }

  it('answers with what belongs to it, and finds a sample itself only in other data', async () => {
    for (const folder of ['more', 'more-b']) await mkdir(at(folder))
    for (let index = 0; index <= PAIRS; index++) {
      const picture = waves(PAIRS - index)
      await save('more', index, picture)
      await save('more-b', index, { ...picture, data: picture.data.map((value) => -value) })
    }
    const { answers, images } = await nearestOf(`paired:${at('more')},${at('more-b')}`)
    expect(answers).toEqual(images)
    const own = await nearestOf(paired())
    const row = (array: NDArray, index: number) =>
      array.data.slice(index * SIZE * SIZE * 3, (index + 1) * SIZE * SIZE * 3)
    for (let index = 0; index < PAIRS; index++) {
      expect(row(own.answers, index)).not.toEqual(row(own.images, index))
    }
  })
})
