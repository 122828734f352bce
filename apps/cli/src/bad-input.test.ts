import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { noisePng, writeImages } from '../../../packages/runs/src/testing/images.ts'
import { negative, truncatedGenerator } from '../../../packages/runs/src/testing/tiny-models.ts'
import { gantry, gantryJson, temporaryFolder, tinyRun } from './testing/gantry.ts'

let cwd: string
beforeAll(async () => {
  cwd = await temporaryFolder()
})

/** Every failure is one line for a person, and leaves no run behind. */
async function expectFailure(args: readonly string[], code: 1 | 2, message: RegExp, run = gantry) {
  const runs = existsSync(join(cwd, 'runs')) ? await readdir(join(cwd, 'runs')) : []
  const failed = await run(args, cwd)
  expect(failed.stderr).toMatch(message)
  expect(failed.stderr).not.toMatch(/unexpected|^\s+at /m)
  expect([failed.code, failed.stdout]).toEqual([code, ''])
  expect(existsSync(join(cwd, 'runs')) ? await readdir(join(cwd, 'runs')) : []).toEqual(runs)
}

describe('a name or setting that is not known', () => {
  it.each([
    [['train', 'dcgn', '--data', 'mnist'], /no variant 'dcgn'\. Did you mean 'dcgan'\?/],
    [['train', 'vanilla', '--data', 'rign8'], /no data set 'rign8'\. Did you mean 'ring8'\?/],
    [['train', 'vanilla'], /no data set to train on.*--data/],
    [tinyRun('hidenUnits=4'), /no setting 'hidenUnits'\. Did you mean 'hiddenUnits'\?/],
    [tinyRun('chekpointEvery=4'), /Did you mean 'checkpointEvery'\?/],
    [tinyRun('hiddenUnits'), /needs key=value but got 'hiddenUnits'/],
    [tinyRun('hiddenUnits=many'), /'hiddenUnits' must be of type number, not "many"/],
    [[...tinyRun(), '--engine', 'torch'], /no engine 'torch'\. Use one of: auto, onnxruntime, tfjs/],
    [[...tinyRun(), '--device', 'tpu'], /no device 'tpu'\. Did you mean 'cpu'\?/],
    [[...tinyRun(), '--preset', 'pionts'], /no preset 'pionts'\. Did you mean 'points'\?/],
    [[...tinyRun(), '--batch-size', '0'], /'batchSize' must be at least 1, not 0/],
    [[...tinyRun(), '--config', 'missing.json'], /missing\.json cannot be read/],
    [['inspect', 'mnsit'], /Did you mean 'mnist'\?/],
    [
      ['export', 'nowhere', '--weights', 'best'],
      /--weights <which>' argument 'best' is invalid\. Allowed choices are ema, raw/,
    ],
  ])('is refused: %j', async (args, message) => {
    await expectFailure(args, 2, message)
  })

  it('is refused in a settings file', async () => {
    await writeFile(join(cwd, 'typo.json'), '{ "step": 5 }')
    await expectFailure(
      [...tinyRun(), '--config', 'typo.json'],
      2,
      /typo\.json has no setting 'step'\. Did you mean 'steps'\?/,
    )
    await writeFile(join(cwd, 'broken.yaml'), 'steps: [')
    await expectFailure([...tinyRun(), '--config', 'broken.yaml'], 2, /broken\.yaml cannot be read/, gantry)
  })
})

describe('what a picture is written as, or made of', () => {
  beforeAll(async () => {
    await writeFile(join(cwd, 'tiny.onnx'), truncatedGenerator())
    await writeFile(join(cwd, 'negative.onnx'), negative())
    await writeImages(join(cwd, 'sources'), 2)
  })

  // Before anything else is found out: these generators have no styles, and two of them no latent vectors.
  it.each([
    [['sample', 'tiny.onnx', '--out', 'x.jpg'], /ends in \.png, not 'x\.jpg'/],
    [['walk', 'missing.onnx', '--out', 'x.png'], /ends in \.webp or \.gif, not 'x\.png'/],
    [['mix', 'tiny.onnx', '--out', 'x.webp'], /sheet of these samples is a file that ends in \.png, not 'x\.webp'/],
    [['mix', 'tiny.onnx', '--out', 'sources'], /'sources' is a folder/],
    [['directions', 'tiny.onnx', '--out', 'x'], /sheet of these samples is a file that ends in \.png, not 'x'/],
    [['inspect', 'ring8', '--out', 'x.jpg'], /drawn of ring8 is a file that ends in \.png, not 'x\.jpg'/],
    ...['walk', 'mix', 'directions'].map((command): [string[], RegExp] => [
      [command, 'negative.onnx', '--input', 'source=sources'],
      /input 'source' is one here.* has 2 files.*--input source=FOLDER\/FILE/,
    ]),
  ])('is refused: %j', async (args, message) => {
    await expectFailure(args, 2, message)
  })
})

describe('sizes that are impossible', () => {
  it('are refused with both shapes', async () => {
    await expectFailure(
      ['train', 'dcgan', '--data', 'ring8'],
      2,
      /modality image as 'samples'.* has 'points' \(points\), 'label'/,
    )
    await expectFailure(['train', 'dcgan', '--data', 'mnist', '--size', '30'], 2, /30/)
    await expectFailure([...tinyRun(), '--size', '28'], 2, /size/)
  })
})

describe('a folder of images', () => {
  it('that is empty or missing is refused', async () => {
    await mkdir(join(cwd, 'empty'))
    await expectFailure(['train', 'vanilla', '--data', 'folder:empty'], 1, /empty/)
    await expectFailure(['train', 'vanilla', '--data', 'folder:absent'], 1, /absent/)
  })

  it('with broken files among good ones is trained on, and --strict refuses it', async () => {
    const folder = join(cwd, 'mixed')
    await writeImages(folder, 5)
    await writeFile(join(folder, 'broken.png'), await noisePng(20, 20))
    await truncate(join(folder, 'broken.png'), 300)
    await writeFile(join(folder, 'pixel.png'), await noisePng(1, 1))
    await writeFile(join(folder, 'text.png'), 'This is no image.')
    await writeFile(join(folder, 'wide.png'), await noisePng(1, 20_000))
    const args = ['train', 'vanilla', '--data', 'folder:mixed', '--size', '8', '--steps', '2', '--batch-size', '4']
    const { code, result } = await gantryJson([...args, '--out', 'mixed-run'], cwd)
    expect(code).toBe(0)
    expect(result.skipped).toBe(4)
    const { result: inspected } = await gantryJson(['inspect', 'folder:mixed', '--out', 'mixed.png'], cwd)
    const names = inspected.skipped.map(({ name }: { name: string }) => name)
    expect(names.sort()).toEqual(['broken.png', 'pixel.png', 'text.png', 'wide.png'])
    await expectFailure([...args, '--strict'], 1, /(broken|pixel|text|wide)\.png/)
  })
})

describe('a run folder', () => {
  it('that exists needs --resume', async () => {
    expect((await gantry([...tinyRun(), '--out', 'taken'], cwd)).code).toBe(0)
    const before = await readFile(join(cwd, 'taken/events.jsonl'))
    await expectFailure([...tinyRun(), '--out', 'taken'], 2, /taken exists.*--resume.*--out/, gantry)
    expect(await readFile(join(cwd, 'taken/events.jsonl'))).toEqual(before)
  })

  it('is not resumed with settings of another run, nor where there is none', async () => {
    expect((await gantry([...tinyRun(), '--out', 'fixed'], cwd)).code).toBe(0)
    await expectFailure([...tinyRun(), '--out', 'fixed', '--resume', '--seed', '9'], 2, /seed 0 but is to go on with 9/)
    await expectFailure(
      ['train', 'dcgan', '--out', 'fixed', '--resume'],
      2,
      /variant "vanilla" but is to go on with "dcgan"/,
    )
    await expectFailure([...tinyRun(), '--out', 'absent-run', '--resume'], 2, /absent-run holds no run/)
  })

  it('that cannot be written to is named', async ({ skip }) => {
    if (process.platform !== 'linux') skip('needs /sys, where nobody may write')
    await expectFailure([...tinyRun(), '--out', '/sys/gantry-run'], 1, /\/sys\/gantry-run.* may not be written to/)
  })

  it('on a full disk keeps its earlier checkpoints', async ({ skip }) => {
    const disk = await temporaryFolder()
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=200k', 'tmpfs', disk], { stdio: 'ignore' })
    } catch {
      skip('only root may mount the small disk that this test fills')
    }
    try {
      const args = tinyRun('hiddenUnits=32', 'checkpointEvery=1', 'keepCheckpoints=50')
      await expectFailure([...args, '--out', join(disk, 'run')], 1, /the disk is full/, gantry)
      const checkpoints = await readdir(join(disk, 'run/checkpoints'))
      expect(checkpoints.length).toBeGreaterThan(0)
      for (const name of checkpoints) expect(name).toMatch(/^\d{6}\.safetensors$/)
    } finally {
      execFileSync('umount', ['-l', disk])
    }
  })
})

describe('a loss that is not finite', () => {
  it('stops the run with its step, and the last good checkpoint stays', async () => {
    const args = tinyRun('optimizer=sgd', 'learningRate=10', 'hiddenLayers=4', 'checkpointEvery=1', 'steps=500')
    const settings = args.filter((word, index, all) => word !== '--steps' && all[index - 1] !== '--steps')
    const { code, result } = await gantryJson([...settings, '--out', 'diverged'], cwd)
    expect(code).toBe(1)
    expect(result.error).toMatchObject({
      code: expect.stringMatching(/NOT_FINITE$/),
      message: expect.stringMatching(/^Step \d+: /),
    })
    const lines = (await readFile(join(cwd, 'diverged/events.jsonl'), 'utf8')).trimEnd().split('\n')
    const [end, verdict] = lines.slice(-2).map((line) => JSON.parse(line))
    expect(end).toMatchObject({ type: 'end', outcome: 'failed' })
    expect(verdict).toMatchObject({ type: 'verdict', verdict: 'divergence', holds: true })
    expect((await readdir(join(cwd, 'diverged/checkpoints'))).length).toBeGreaterThan(0)
  })
})
