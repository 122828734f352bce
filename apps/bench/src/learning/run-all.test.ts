import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { LearningRun } from './learning-run.ts'
import { Results } from './result.ts'
import { lock, type RunAllOptions, runAll } from './run-all.ts'
import { resultOf, runNamed } from './testing/some-runs.ts'
import type { RunWork } from './train-and-score.ts'

let folder: string
let results: Results
let said: string[]
let asked: RunWork[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-learning-'))
  results = new Results(join(folder, 'results'))
  said = []
  asked = []
})

function options(more: Partial<RunAllOptions> = {}): RunAllOptions {
  const work = async (one: RunWork) => {
    asked.push(one)
    await new Promise((resolve) => setTimeout(resolve, 5))
    return resultOf(one.run)
  }
  const runs = join(folder, 'runs')
  return { results, folder: runs, lanes: 2, threads: 1, log: (text) => said.push(text), work, ...more }
}

const order = () => asked.map(({ run }) => run.id)
const all = (...ids: string[]): LearningRun[] => ids.map((id) => runNamed(id))

describe('all runs', () => {
  it('are done once: what has a result is not trained again', async () => {
    await runAll(all('a-1', 'b-1'), options())
    const again = await runAll(all('a-1', 'b-1', 'c-1'), options())
    expect(order()).toEqual(['a-1', 'b-1', 'c-1'])
    expect([...again.done.keys()].sort()).toEqual(['a-1', 'b-1', 'c-1'])
    expect(said.at(-2)).toBe('2 of 3 runs have their result, 1 are to be trained.')
  })

  it('wait for those that they start from', async () => {
    const runs = [runNamed('late-1', { startsFrom: 'early-1' }), ...all('early-1', 'other-1')]
    await runAll(runs, options())
    expect(order()).toEqual(['early-1', 'other-1', 'late-1'])
    expect(asked.at(-1)!.startsFrom).toBe(join(folder, 'runs', 'early-1'))
  })

  it('go on when one of them fails, which is said', async () => {
    const failing = options({
      work: async ({ run }) => {
        if (run.id === 'a-1') throw new Error('the data are gone')
        return resultOf(run)
      },
    })
    const { done, failed } = await runAll(all('a-1', 'b-1', 'c-1'), failing)
    expect([...done.keys()].sort()).toEqual(['b-1', 'c-1'])
    expect(failed.get('a-1')).toBe('the data are gone')
    expect(said.join('\n')).toMatch(/a-1: failed after \d+ s: the data are gone/)
    expect(existsSync(results.path('a-1'))).toBe(false)
  })

  it('end when they are told to, and go on from there', async () => {
    const controller = new AbortController()
    const stopping = options({
      lanes: 1,
      signal: controller.signal,
      work: async ({ run }) => {
        if (run.id === 'b-1') {
          controller.abort()
          throw new Error('ended')
        }
        return resultOf(run)
      },
    })
    const { done, failed } = await runAll(all('a-1', 'b-1', 'c-1'), stopping)
    expect([[...done.keys()], failed.size]).toEqual([['a-1'], 0])
    await runAll(all('a-1', 'b-1', 'c-1'), options({ lanes: 1 }))
    expect(order()).toEqual(['b-1', 'c-1'])
  })

  it('leave out what another process is at, and take over from one that has died', async () => {
    const release = lock(join(folder, 'runs', 'a-1'), 'a-1')
    const { failed } = await runAll(all('a-1', 'b-1'), options())
    expect(failed.get('a-1')).toMatch(new RegExp(`a-1 is being trained by process ${process.pid}\\. Wait until`))
    expect(order()).toEqual(['b-1'])
    release()
    // No process has this number.
    writeFileSync(join(folder, 'runs', 'a-1.lock'), String(2 ** 30))
    expect((await runAll(all('a-1'), options())).done.size).toBe(1)
    expect(existsSync(join(folder, 'runs', 'a-1.lock'))).toBe(false)
  })

  it('that repeat one of ours in PyTorch say where there is no PyTorch, and last as long as ours where there is', async () => {
    const runs = [...all('a-1'), runNamed('a-1-pytorch', { twinOf: 'a-1' })]
    const { failed } = await runAll(runs, options())
    expect(failed.get('a-1-pytorch')).toMatch(/No Python here can import torch\. Name one .* GANTRY_BENCH_PYTHONS/)
    await runAll(runs, options({ python: 'python3' }))
    expect(asked.at(-1)!.twin).toEqual({ python: 'python3', seconds: 90 })
    const alone = runNamed('b-1-pytorch', { twinOf: 'b-1' })
    const untrained = await runAll([alone], options({ python: 'python3' }))
    expect(untrained.failed.get('b-1-pytorch')).toMatch(
      /The run b-1, .* has no result\. Train that first: --rows b-1\./,
    )
    const known = new Map([['b-1', resultOf(runNamed('b-1'), { seconds: 7 })]])
    await runAll([alone], options({ python: 'python3', known }))
    expect(asked.at(-1)!.twin).toMatchObject({ seconds: 7 })
  })

  it('leave results as text that a person can read', async () => {
    await runAll(all('a-1'), options())
    expect(readFileSync(results.path('a-1'), 'utf8')).toMatch(/^\{\n {2}"version": 1,\n {2}"id": "a-1",/)
  })
})
