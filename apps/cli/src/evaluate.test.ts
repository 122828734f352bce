import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { writeImages } from '../../../packages/runs/src/testing/images.ts'
import { negative } from '../../../packages/runs/src/testing/tiny-models.ts'
import { gantry, gantryJson, start, temporaryFolder, tinyRun } from './testing/gantry.ts'

let cwd: string
beforeAll(async () => {
  cwd = await temporaryFolder()
  process.env.GANTRY_CACHE = join(cwd, 'cache')
  await writeImages(join(cwd, 'pictures'), 40)
  await writeImages(join(cwd, 'others'), 30)
  const images = ['train', 'vanilla', '--data', 'folder:pictures', '--size', '8', '--steps', '4', '--batch-size', '4']
  const runs = await Promise.all([
    gantry([...images, '--set', 'hiddenUnits=8', '--out', 'images'], cwd),
    gantry([...tinyRun(), '--out', 'points'], cwd),
  ])
  for (const { code, stderr } of runs) if (code !== 0) throw new Error(stderr)
})

/** Pixels need no engine and no weights. */
const pixels = ['--extractor', 'pixels', '--resamples', '20']
const scoreOf = (scores: readonly { name: string; value: number }[], name: string) =>
  scores.find((score) => score.name === name)?.value

async function expectFailure(args: readonly string[], code: 1 | 2, message: RegExp) {
  const failed = await gantry(args, cwd)
  expect(failed.stderr).toMatch(message)
  expect(failed.stderr).not.toMatch(/unexpected|^\s+at /m)
  expect([failed.code, failed.stdout]).toEqual([code, ''])
}

describe('gantry evaluate', () => {
  it('finds real digits near real digits, by the classifier of digits', async () => {
    const args = ['evaluate', 'mnist-test', '--data', 'mnist', '--count', '300', '--metrics', 'fid,is,kid,prdc,modes']
    const { code, result } = await gantryJson(args, cwd)
    expect(code).toBe(0)
    expect(result).toMatchObject({ realCount: 300, generatedCount: 300 })
    const { scores } = result
    expect(scoreOf(scores, 'mnist-frechet')).toBeLessThan(2)
    expect(scoreOf(scores, 'mnist-inception-score')).toBeGreaterThan(7)
    expect(Math.abs(scoreOf(scores, 'mnist-kid')!)).toBeLessThan(0.05)
    expect(scoreOf(scores, 'precision')).toBeGreaterThan(0.8)
    expect(scoreOf(scores, 'mnist-modes')).toBe(10)
    for (const { name, value, interval, protocol } of scores) {
      if (interval) expect([name, interval[0] <= value && value <= interval[1]]).toEqual([name, true])
      expect(protocol).toMatchObject({ extractor: 'classifier-mnist', realCount: 300, seed: 0 })
      expect(protocol.real).toMatch(/^mnist 28×28×1 \(sha256 [0-9a-f]{12}\)$/)
    }
  })

  it('takes the data of a run, writes a report, and gives the same numbers again', async () => {
    const args = ['evaluate', 'images', ...pixels, '--metrics', 'fid,kid,prdc,nearest,ms-ssim', '--neighbours', '3']
    const { code, result } = await gantryJson([...args, '--out', 'report.html'], cwd)
    expect(code).toBe(0)
    expect(result).toMatchObject({
      realCount: 40,
      generatedCount: 40,
      realFeaturesCached: false,
      report: 'report.html',
    })
    expect(scoreOf(result.scores, 'pixels-frechet')).toBeGreaterThan(0)
    expect(result.scores.find(({ name }: { name: string }) => name === 'recall').protocol.convention).toBe(
      'prdc, k = 3',
    )
    expect(result.warnings.join()).toMatch(/40 real samples are not more than 192 features.*biased/)
    const page = await readFile(join(cwd, 'report.html'), 'utf8')
    for (const text of [
      'pixels-frechet',
      'Nearest neighbours',
      'data:image/png;base64,',
      'Protocol',
      '40 real samples are',
    ])
      expect(page).toContain(text)
    expect(page).not.toMatch(/<script|(src|href)="(?!data:)/)
    const again = await gantryJson(args, cwd)
    expect(again.result.realFeaturesCached).toBe(true)
    expect(again.result.scores).toEqual(result.scores)
  })

  it('compares with earlier scores, and refuses those of another protocol', async () => {
    const args = ['evaluate', 'images', ...pixels, '--metrics', 'fid']
    const { stdout } = await gantry([...args, '--json'], cwd)
    await writeFile(join(cwd, 'earlier.json'), stdout)
    const { result } = await gantryJson([...args, '--compare', 'earlier.json'], cwd)
    expect(result.comparisons).toMatchObject([{ name: 'pixels-frechet', difference: 0, better: 'equal' }])
    const fewer = [...args, '--count', '20', '--compare', 'earlier.json']
    await expectFailure(fewer, 2, /different protocols: realCount \(40 and 20\), generatedCount \(40 and 20\)/)
    await expectFailure([...args, '--seed', '3', '--compare', 'earlier.json'], 2, /seed \(0 and 3\)/)
    await expectFailure([...args, '--compare', 'images/config.json'], 2, /config\.json cannot be used.*'scores'/)
  })

  it('evaluates points by their coordinates, and one data set against itself by two parts', async () => {
    const { result } = await gantryJson(['evaluate', 'ring8', '--data', 'ring8', '--count', '2000'], cwd)
    expect(scoreOf(result.scores, 'coordinates-frechet')).toBeLessThan(0.05)
    expect(scoreOf(result.scores, 'modes')).toBe(8)
    expect(scoreOf(result.scores, 'high-quality')).toBeGreaterThan(0.97)
    const run = await gantry(['evaluate', 'points', '--count', '500', '--out', 'points.html'], cwd)
    expect([run.code, run.stdout]).toEqual([0, expect.stringContaining('coordinates-frechet')])
  })

  it('tells a conditional generator its labels', async () => {
    const train = ['train', 'cgan', '--data', 'ring8', '--steps', '2', '--batch-size', '16', '--out', 'conditional']
    expect((await gantry(train, cwd)).code).toBe(0)
    const { code, result } = await gantryJson(['evaluate', 'conditional', '--count', '200', '--metrics', 'fid'], cwd)
    expect([code, result.generatedCount]).toEqual([0, 200])
  })

  it('evaluates a folder against statistics, which say of what features they are', async () => {
    for (const format of ['npz', 'safetensors']) {
      const out = `statistics.${format}`
      const stats = ['stats', 'pictures', '--size', '8', '--extractor', 'pixels', '--out', out]
      expect((await gantryJson(stats, cwd)).result).toMatchObject({ count: 40, features: 192, out })
      const args = ['evaluate', 'others', '--size', '8', '--data', out, ...pixels]
      const { code, result } = await gantryJson(args, cwd)
      expect(code).toBe(0)
      expect(result).toMatchObject({ realCount: 40, generatedCount: 30 })
      expect(result.scores.map(({ name }: { name: string }) => name)).toEqual(['pixels-frechet'])
      await expectFailure([...args, '--metrics', 'kid'], 2, /needs the real samples.*statistics/)
      const random = ['evaluate', 'others', '--size', '8', '--data', out, '--extractor', 'random-conv']
      await expectFailure(random, 2, /extractor \(pixels and random-conv\)/)
      const wider = ['evaluate', 'others', '--size', '6', '--data', out, ...pixels]
      await expectFailure(wider, 1, /192 features and the other's 108/)
    }
  })

  it('computes statistics once, also where the cache was damaged', async () => {
    const args = ['stats', 'others', '--size', '7', '--extractor', 'pixels', '--out', 'cached.npz']
    expect((await gantryJson(args, cwd)).result.cached).toBe(false)
    expect((await gantryJson(args, cwd)).result.cached).toBe(true)
    const folder = join(cwd, 'cache/statistics')
    for (const name of await readdir(folder)) await writeFile(join(folder, name), 'damaged')
    expect((await gantryJson(args, cwd)).result.cached).toBe(false)
  })

  it('gives what it computed though nothing can be kept for the next time', async () => {
    const cache = process.env.GANTRY_CACHE
    // A file where the folder should be, which not even root can write into.
    process.env.GANTRY_CACHE = join(cwd, 'closed')
    await writeFile(join(cwd, 'closed'), '')
    try {
      const scores = ['evaluate', 'others', '--size', '8', '--data', 'pictures', ...pixels, '--metrics', 'fid,kid']
      const statistics = ['stats', 'others', '--size', '5', '--extractor', 'pixels', '--out', 'kept.npz']
      for (const args of [scores, statistics]) {
        const { code, stdout, stderr } = await gantry(args, cwd)
        expect([code, stderr]).toEqual([0, expect.stringContaining('is not kept for the next time')])
        expect(stdout).not.toBe('')
      }
    } finally {
      process.env.GANTRY_CACHE = cache
    }
  })

  it('ends at Ctrl-C with 130', async () => {
    const running = start(['evaluate', 'mnist-test', '--data', 'mnist', '--metrics', 'prdc,nearest'], cwd)
    // The real side is done when its features are kept; the other side and all distances are still to come.
    const features = async () => (await readdir(join(cwd, 'cache/statistics'))).length
    const before = await features()
    while ((await features()) === before) await new Promise((resolve) => setTimeout(resolve, 50))
    running.process.kill('SIGINT')
    const { code, stderr, stdout } = await running.finished
    expect([code, stdout]).toEqual([130, ''])
    expect(stderr).toMatch(/Stopping.*\n.*Interrupted/)
  })
})

describe('what cannot be evaluated', () => {
  it.each([
    [['evaluate', 'images', '--metrics', 'fid,kdi'], /no metric 'kdi'\. Did you mean 'kid'\?/],
    [['evaluate', 'points', '--metrics', 'is'], /'is' needs class logits/],
    [['evaluate', 'points', '--data', 'swissroll', '--metrics', 'modes'], /'modes' needs.*mixture/],
    [['evaluate', 'images'], /inception-fid are not here.*weights fetch.*weights add.*random-conv.*pixels/],
    [['evaluate', 'images', '--extractor', 'inceptoin-fid'], /Did you mean 'inception-fid'\?/],
    [['evaluate', 'images', '--extractor', 'absent.onnx'], /no model at absent\.onnx/],
    [['evaluate', 'images', '--extractor', 'pixels', '--layer', 'logits'], /no layer 'logits'/],
    [['evaluate', 'mnsit', '--data', 'mnist'], /Did you mean 'mnist'\?/],
    [['evaluate', 'pictures'], /no real samples.*--data/],
    [['evaluate', 'images', '--data', 'absent.npz'], /no file of statistics at absent\.npz/],
    [['evaluate', 'images', '--count', '1'], /--count must be at least 2, not 1/],
    [['evaluate', 'images', '--neighbours', '0'], /--neighbours must be at least 1, not 0/],
    [['evaluate', 'images', ...pixels, '--metrics', 'fid', '--neighbours', '3'], /none of fid counts neighbours/],
    [['evaluate', 'images', ...pixels, '--metrics', 'prdc', '--neighbours', '40'], /Ask for 1 to 39 by '--neighbours'/],
    [['evaluate', 'images', '--out', 'report.txt'], /ends in \.html/],
    [['evaluate', 'images', '--compare', 'absent.json'], /absent\.json cannot be used/],
    [['stats', 'mnist', '--out', 'mnist.npz', '--count', '1'], /--count must be at least 2, not 1/],
    [['stats', 'mnist', '--out', 'mnist.txt'], /ends in \.npz or \.safetensors/],
  ])('is refused: %j', async (args, message) => {
    await expectFailure(args, 2, message)
  })

  it('is named where files are at fault', async () => {
    await mkdir(join(cwd, 'nothing'))
    await writeImages(join(cwd, 'single'), 1)
    await mkdir(join(cwd, 'texts'))
    await writeFile(join(cwd, 'texts/a.png'), 'This is no image.')
    await writeFile(join(cwd, 'broken.npz'), 'This is no archive.')
    await expectFailure(['evaluate', 'nothing', '--data', 'mnist'], 1, /nothing/)
    await expectFailure(['evaluate', 'texts', '--data', 'mnist'], 1, /texts/)
    await expectFailure(['evaluate', 'single', '--data', 'pictures', ...pixels], 1, /2 samples or more.*there is 1/)
    await expectFailure(['evaluate', 'images', '--data', 'broken.npz', ...pixels], 1, /broken\.npz/)
    await expectFailure(['evaluate', 'images', '--data', 'ring8', ...pixels], 1, /points of 2 .*8×8×3/)
  })

  it('is a generator that draws NaN', async () => {
    const { decodeModel, encodeModel } = await import('@gantry/onnx')
    const model = decodeModel(new Uint8Array(await readFile(join(cwd, 'images/generator.onnx'))))
    for (const { data } of model.graph.initializers.values()) if (data instanceof Float32Array) data.fill(Number.NaN)
    await writeFile(join(cwd, 'diverged.onnx'), encodeModel(model))
    await expectFailure(['evaluate', 'diverged.onnx', '--data', 'pictures', ...pixels], 1, /Sample 0 has a pixel.*NaN/)
    await rm(join(cwd, 'diverged.onnx'))
  })

  it('scores translations pair by pair, beside what learned nothing', async () => {
    await writeFile(join(cwd, 'negative.onnx'), negative())
    const args = ['evaluate', 'negative.onnx', '--size', '16', '--metrics', 'l1,psnr']
    const run = await gantry([...args, '--data', 'paired:pictures,pictures'], cwd)
    expect([run.code, run.stdout]).toEqual([
      0,
      expect.stringMatching(
        /^40 samples of .*against 40 of paired:[^,]*,[^,]*\n +identity +\n +l1 +0\.\d+ +\[.*\] +0 +lower/,
      ),
    ])
    const unpaired = [...args, '--data', 'unpaired:folder:pictures,folder:others']
    await expectFailure(unpaired, 2, /'l1' needs a real sample for each generated one.*paired:A,B/)
  })
})
