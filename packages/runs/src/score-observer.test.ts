import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { imageField, type NDArray, type RunEventOf } from '@gantry/core'
import { openDataset } from '@gantry/datasets'
import type { Moment, RunConfigInput } from '@gantry/training'
import { findVariant } from '@gantry/variants'
import { describe, expect, it, onTestFinished } from 'vitest'
import { beginRun } from './begin-run.ts'
import { readEvents } from './event-log.ts'
import { resolveConfig } from './resolve-config.ts'
import { scoreObserver } from './score-observer.ts'
import { hashState } from './state-hash.ts'
import { writeImages } from './testing/images.ts'
import { trainRun } from './train-run.ts'

const options = { hiddenUnits: 8, latentSize: 4 }

/** Trains a small run to its end, and reads what its log says. */
async function trained(data: string, changes: Partial<Omit<RunConfigInput, 'options'>>) {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-scores-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const usual = { steps: 6, batchSize: 8, sampleCount: 4, scoreCount: 50, logEvery: 2 }
  const config = resolveConfig(findVariant('vanilla'), { run: { data, ...usual, ...changes }, options })
  const begun = await beginRun(join(folder, 'run'), config)
  onTestFinished(() => begun.run.dispose())
  const outcome = await trainRun(begun.folder, begun.run)
  const { checkpoint } = await begun.folder.newest()
  return { outcome, events: await readEvents(begun.folder.eventsPath), weights: hashState(checkpoint!.state) }
}

const scoresOf = (events: readonly { readonly type: string }[]) =>
  events.filter((event): event is RunEventOf<'score'> => event.type === 'score')

describe('scores of a run on its way', () => {
  it('of points are those of their coordinates, every so many steps and at the last', async () => {
    const { events, outcome } = await trained('ring8', { scoreEvery: 4 })
    const scores = scoresOf(events)
    expect(scores.map(({ step }) => step)).toEqual([4, 6])
    for (const { scores: each } of scores) {
      expect(Object.keys(each)).toEqual(expect.arrayContaining(['coordinates-frechet', 'swd', 'modes', 'high-quality']))
      for (const value of Object.values(each)) expect(value).toBeTypeOf('number')
    }
    expect(scores[0]!.scores.swd).toBeGreaterThan(0)
    expect(outcome.outcome).toBe('finished')
  })

  it('of digits are those of the classifier, and of the metrics that are asked for', async () => {
    const { events } = await trained('mnist', { scoreEvery: 6, scoreMetrics: ['fid', 'prdc'] })
    const { scores } = scoresOf(events)[0]!
    expect(Object.keys(scores)).toEqual(['mnist-frechet', 'precision', 'recall', 'density', 'coverage'])
    expect(scores['mnist-frechet']).toBeGreaterThan(10)
  })

  it('of images are by the extractor that is asked for, and need one', async () => {
    const pictures = await mkdtemp(join(tmpdir(), 'gantry-pictures-'))
    onTestFinished(() => rm(pictures, { recursive: true, force: true }))
    await writeImages(pictures, 6)
    const images = { dataOptions: { size: 8 }, scoreEvery: 6 }
    const { events } = await trained(`folder:${pictures}`, {
      ...images,
      scoreExtractor: 'pixels',
      scoreMetrics: ['fid'],
    })
    expect(scoresOf(events).map(({ scores }) => Object.keys(scores))).toEqual([['pixels-frechet']])
    const without = await trained(`folder:${pictures}`, images)
    const [warning] = without.events.filter((event) => event.type === 'warning')
    expect(warning?.message).toMatch(/8×8×3 need an extractor.*scoreExtractor=pixels/)
  })

  it('that cannot be computed are a warning, and the run goes on as without them', async () => {
    const { events, outcome, weights } = await trained('ring8', { scoreEvery: 3, scoreMetrics: ['is'] })
    const warnings = events.filter((event) => event.type === 'warning')
    expect(warnings.map(({ step }) => step)).toEqual([3, 6])
    expect(warnings[0]!.message).toMatch(/observer 'scores' failed: .*'is' needs class logits/)
    expect(scoresOf(events)).toEqual([])
    const without = await trained('ring8', {})
    expect(outcome.scalars).toEqual(without.outcome.scalars)
    expect(weights).toBe(without.weights)
    const tooMany = await trained('ring8', { scoreEvery: 6, scoreMetrics: ['prdc'], scoreNeighbours: 50 })
    const [warning] = tooMany.events.filter((event) => event.type === 'warning')
    expect(warning?.message).toMatch(/50 neighbours cannot be found in sets of 50 and 50.*'scoreNeighbours'/)
  })

  it('of a translation are those of its pairs and of the way back, by no extractor', async () => {
    const pictures = await mkdtemp(join(tmpdir(), 'gantry-pairs-'))
    onTestFinished(() => rm(pictures, { recursive: true, force: true }))
    for (const folder of ['a', 'b']) await writeImages(join(pictures, folder), 4)
    const [a, b] = [join(pictures, 'a'), join(pictures, 'b')]
    // What makes each image out of itself: right where both sides are the same files.
    const way = (name: string, source: string, target: string) => ({
      ...{ name, weights: 'ema', program: () => ({}) },
      inputs: { source: { ...imageField([16, 16, 3]), field: source } },
      outputs: { target: { ...imageField([16, 16, 3]), field: target } },
    })
    const moment = {
      step: 3,
      model: { name: 'same', shown: ['there'], functions: [way('there', 'a', 'b'), way('back', 'b', 'a')] },
      evaluate: async (_: string, { source }: Readonly<Record<string, NDArray>>) => ({ target: source! }),
    } as unknown as Moment
    const scored = async (data: string) => {
      const dataset = await openDataset(data, { size: 16 })
      const observer = scoreObserver({ every: 1, dataset, config: { seed: 7, scoreCount: 50 } })
      const events = await (await observer.look(moment))!({} as never)
      return events.map((event) => event.type === 'score' && event.scores)
    }
    const cycle = { 'cycle-error': 0, 'cycle-error-back': 0 }
    const [pairs] = await scored(`paired:${a},${b}`)
    expect(pairs).toMatchObject({ ssim: expect.closeTo(1, 12), l1: 0, 'random-conv-distance': 0, ...cycle })
    expect(await scored(`unpaired:folder:${a},folder:${b}`)).toEqual([cycle])
  })
})
