import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { gantry, gantryJson, gantryProcess, start, temporaryFolder, tinyRun } from './testing/gantry.ts'

let cwd: string
beforeAll(async () => {
  cwd = await temporaryFolder()
})

const configOf = async (run: string) => JSON.parse(await readFile(join(cwd, run, 'config.json'), 'utf8'))

describe('gantry train', () => {
  it('leaves a whole run folder and an exported generator', async () => {
    const { code, stdout, stderr } = await gantryProcess([...tinyRun(), '--seed', '3'], cwd)
    expect(stderr).toMatch(/step 20\/20 {2}\d+ samples\/s {2}ETA 0s {2}discriminatorLoss [\d.]+/)
    expect(code).toBe(0)
    expect(stdout).toContain('Finished 20 steps.')
    expect(stdout + stderr).not.toContain('\u001b')
    const run = join(cwd, 'runs/vanilla-ring8')
    expect((await readdir(run)).sort()).toEqual([
      'checkpoints',
      'config.json',
      'events.jsonl',
      'generator.onnx',
      'samples',
    ])
    expect(await readdir(join(run, 'checkpoints'))).toEqual(['000010.safetensors', '000020.safetensors'])
    expect(await readdir(join(run, 'samples'))).toEqual(['000020.png'])
    expect(await configOf('runs/vanilla-ring8')).toMatchObject({
      variant: 'vanilla',
      seed: 3,
      engine: 'onnxruntime',
      batchSize: 16,
      options: { hiddenUnits: 8, learningRate: expect.any(Number) },
      versions: { node: process.versions.node, onnxruntime: expect.any(String) },
    })
    const events = (await readFile(join(run, 'events.jsonl'), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(events[0].type).toBe('start')
    expect(events.at(-1)).toMatchObject({ type: 'export', step: 20, parityError: expect.any(Number) })
  })

  it('tells scores on the way where they are asked for', async () => {
    const scored = tinyRun('scoreEvery=10', 'scoreCount=50', 'scoreMetrics=["swd"]')
    const { code, stderr } = await gantry([...scored, '--out', 'scored'], cwd)
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^step 10 {2}swd \d\.\d+$[\s\S]*^step 20 {2}swd /m)])
    const log = await readFile(join(cwd, 'scored/events.jsonl'), 'utf8')
    expect(log.match(/"type":"score","step":(10|20),"scores":\{"swd":[\d.]+\}/g)).toHaveLength(2)
  })

  it('prints one JSON object, and numbers runs that are given no name', async () => {
    const { code, result } = await gantryJson(tinyRun(), cwd)
    expect(code).toBe(0)
    expect(result).toMatchObject({ outcome: 'finished', step: 20, engine: { engine: 'onnxruntime' } })
    expect(result.run).toMatch(/^runs\/vanilla-ring8(-\d+)?$/)
    expect(result.parityError).toBeLessThan(1e-5)
    expect((await gantryJson(tinyRun(), cwd)).result.run).toMatch(/-\d+$/)
  })

  it('trains on TF.js to the same losses', async () => {
    const losses = async (...engine: string[]) =>
      (await gantryJson([...tinyRun('optimizer=sgd'), ...engine], cwd)).result.scalars
    const [compiled, eager] = [await losses(), await losses('--engine', 'tfjs')]
    for (const [name, value] of Object.entries<number>(compiled)) expect(eager[name]).toBeCloseTo(value, 4)
  })

  it('takes flags over --set over the file over the preset', async () => {
    await writeFile(join(cwd, 'settings.yaml'), 'steps: 3\nbatchSize: 12\nseed: 5\noptions:\n  hiddenUnits: 9\n')
    const layers = ['--preset', 'points', '--config', 'settings.yaml', '--set', 'batchSize=8', 'seed=6', '--seed', '7']
    const { code } = await gantryJson(['train', 'vanilla', ...layers, '--out', 'layers'], cwd)
    expect(code).toBe(0)
    expect(await configOf('layers')).toMatchObject({
      data: 'ring8',
      steps: 3,
      batchSize: 8,
      seed: 7,
      options: { hiddenUnits: 9 },
    })
    // A run's own configuration is a settings file.
    const again = await gantryJson(['train', 'vanilla', '--config', 'layers/config.json', '--out', 'again'], cwd)
    expect(again.code).toBe(0)
    expect(await configOf('again')).toEqual(await configOf('layers'))
  })

  it('tells who wants nothing of their own of the presets that were tried with the data', async () => {
    const short = ['train', 'vanilla', '--data', 'ring8', '--steps', '1', '--batch-size', '8']
    const told = await gantry([...short, '--out', 'told'], cwd)
    expect([told.code, told.stderr]).toEqual([0, expect.stringMatching(/tried on a CPU: --preset points\.$/m)])
    const own = await gantry([...short, '--set', 'hiddenUnits=8', '--out', 'own'], cwd)
    const resumed = await gantry([...short, '--out', 'told', '--resume'], cwd)
    for (const { code, stderr } of [own, resumed]) {
      expect([code, stderr]).toEqual([0, expect.not.stringContaining('preset')])
    }
  })

  it('takes the preset that was made for the data, and says where there is none', async () => {
    const short = ['--set', 'steps=2', 'batchSize=8', 'hiddenUnits=8']
    const preset = ['train', 'vanilla', '--preset', 'points', ...short]
    const fitting = await gantry([...preset, '--data', 'ring8', '--out', 'fitting'], cwd)
    expect([fitting.code, fitting.stderr]).toEqual([0, expect.not.stringContaining('preset')])
    const other = await gantry([...preset, '--data', 'swissroll', '--out', 'other'], cwd)
    expect(other.code).toBe(0)
    expect(other.stderr).toMatch(
      /the preset 'points' of vanilla was made for .*ring8.*: nobody has tried it on swissroll/,
    )
    expect(await configOf('other')).toMatchObject({ data: 'swissroll' })
  })

  it('stops at Ctrl-C with a checkpoint and 130, and goes on with --resume', async () => {
    const long = [...tinyRun('steps=100000', 'checkpointEvery=100000'), '--out', 'long', '--json'].filter(
      (word, index, all) => word !== '--steps' && all[index - 1] !== '--steps',
    )
    const running = start(long, cwd)
    await running.sees('step 5/')
    running.process.kill('SIGINT')
    const { code, stdout } = await running.finished
    expect(code).toBe(130)
    const interrupted = JSON.parse(stdout)
    expect(interrupted).toMatchObject({ outcome: 'interrupted', run: 'long' })
    expect(existsSync(join(cwd, interrupted.checkpoint))).toBe(true)
    expect(existsSync(join(cwd, 'long/generator.onnx'))).toBe(false)

    const steps = String(interrupted.step + 5)
    const resumed = await gantryJson(['train', 'vanilla', '--out', 'long', '--resume', '--steps', steps], cwd)
    expect(resumed).toMatchObject({ code: 0, result: { outcome: 'finished', step: interrupted.step + 5 } })
    const log = await readFile(join(cwd, 'long/events.jsonl'), 'utf8')
    expect(log.match(/"type":"start"/g)).toHaveLength(2)
  })

  it('tells no time and no speed where nothing was left to do', async () => {
    expect((await gantry([...tinyRun(), '--out', 'complete'], cwd)).stdout).toMatch(/^ {2}time /m)
    const again = await gantry(['train', 'vanilla', '--out', 'complete', '--resume'], cwd)
    expect(again.stdout).toContain('The run has its 20 steps: --steps asks for more.')
    expect(again.stdout).not.toMatch(/^ {2}time /m)
  })

  it('does not wait for a checkpoint at the second Ctrl-C', async () => {
    // A phase that takes a second or more, so that the signals come one by one while it runs.
    const slow = ['train', 'dcgan', '--data', 'mnist', '--batch-size', '512', '--out', 'killed']
    const running = start(slow, cwd)
    await running.sees('engine onnxruntime')
    running.process.kill('SIGINT')
    await running.sees('Stopping')
    running.process.kill('SIGINT')
    await running.finished
    expect(running.process.signalCode).toBe('SIGINT')
    expect(await readdir(join(cwd, 'killed/checkpoints'))).toEqual([])
  })
})
