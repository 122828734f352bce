import type { RunEvent } from '@gantry/core'
import { expect, it } from 'vitest'
import { Diagnosis, notFinite } from './diagnosis.ts'
import type { VerdictRule } from './verdict-rule.ts'

const hot: VerdictRule = {
  ...{ name: 'hot', looks: 2, warmUp: 1 },
  shows: (looks) => (looks.at(-1)!.readings.heat! > 10 ? looks.at(-1)!.readings : undefined),
  message: ({ heat }) => `It is ${heat} degrees.`,
  remedies: [
    { set: ({ fan }) => (fan === 'off' ? { fan: 'on' } : undefined), why: 'air moves' },
    { set: () => ({ ice: 1 }), why: 'ice is cold' },
    { set: () => ({ window: 'open' }), why: 'there is wind' },
    { set: () => ({ shade: true }), why: 'the sun is hot' },
    { set: () => ({ water: 2 }), why: 'water cools' },
  ],
}

const options = { fan: 'off', window: 'shut', shade: false, water: 0 }

/** What is said at each of these heats. */
function said(heats: readonly number[], diagnosis = new Diagnosis({ rules: [hot], options })) {
  return heats.map((heat, index) =>
    diagnosis.look({ step: 10 * (index + 1), readings: { heat } }).map(({ holds, since }) => `${holds} since ${since}`),
  )
}

it('tells what shows at several looks in a row after the first, and that it is over after as many without it', () => {
  expect(said([99, 11, 9, 12, 13, 14, 8, 15, 7, 6, 5])).toEqual([
    ...[[], [], [], [], ['true since 40'], [], [], []],
    ...[[], ['false since 40'], []],
  ])
})

it('names evidence and at most three remedies, of options that the run has', () => {
  const diagnosis = new Diagnosis({ rules: [hot], options })
  said([0, 20, 30], diagnosis)
  expect(diagnosis.verdicts).toEqual([
    {
      ...{ verdict: 'hot', holds: true, since: 20, message: 'It is 30 degrees.', evidence: { heat: 30 } },
      remedies: [
        { set: { fan: 'on' }, why: 'air moves' },
        { set: { window: 'open' }, why: 'there is wind' },
        { set: { shade: true }, why: 'the sun is hot' },
      ],
    },
  ])
})

it('goes on from what an earlier attempt has told, and forgets what is done again', () => {
  const health = (step: number, heat: number): RunEvent => ({ type: 'health', step, readings: { heat } })
  const events = [health(10, 0), health(20, 20), health(30, 20), health(40, 0)]
  const resumed = new Diagnosis({ rules: [hot], options, events })
  expect(resumed.verdicts.map(({ verdict }) => verdict)).toEqual(['hot'])
  // From the checkpoint of step 30 it takes another way, on which nothing is new.
  expect(resumed.look({ step: 40, readings: { heat: 40 } })).toEqual([])
  expect(resumed.verdicts).toHaveLength(1)
})

it('judges a stage by its own looks, told as it goes or read from a log', () => {
  const grown: VerdictRule = {
    ...hot,
    looks: 1,
    shows: (looks) =>
      looks.at(-1)!.readings.heat! > 10 * looks[0]!.readings.heat! ? looks.at(-1)!.readings : undefined,
  }
  const heats = [1, 2, 90, 95, 99, 1000] as const
  const looks = heats.map((heat, index) => ({
    step: 10 * (index + 1),
    stageFrom: index < 2 ? 0 : 20,
    readings: { heat },
  }))
  const diagnosis = new Diagnosis({ rules: [grown], options })
  expect(looks.map((look) => diagnosis.look(look).length)).toEqual([0, 0, 0, 0, 0, 1])
  const stage = (step: number): RunEvent => ({ type: 'stage', step, stage: `from ${step}` })
  const health = looks.map(({ step, readings }): RunEvent => ({ type: 'health', step, readings }))
  // Killed in its second stage, and gone on with in its first.
  const events = [stage(0), ...health.slice(0, 2), stage(20), health[2]!, health[1]!, stage(20), ...health.slice(2, 5)]
  const resumed = new Diagnosis({ rules: [grown], options, events })
  expect(resumed.verdicts).toEqual([])
  expect(resumed.look(looks[5]!)).toHaveLength(1)
})

it('tells once more what holds, with other remedies, when the run goes on with other options', () => {
  const before = new Diagnosis({ rules: [hot], options })
  const events = [0, 20, 30].flatMap((heat, index): RunEvent[] => {
    const step = 10 * (index + 1)
    const verdicts = before.look({ step, readings: { heat } })
    return [
      { type: 'health', step, readings: { heat } },
      ...verdicts.map((verdict): RunEvent => ({ type: 'verdict', step, ...verdict })),
    ]
  })
  const look = { step: 40, readings: { heat: 30 } }
  expect(new Diagnosis({ rules: [hot], options, events }).look(look)).toEqual([])
  const fanned = new Diagnosis({ rules: [hot], options: { ...options, fan: 'on' }, events })
  expect(fanned.look(look)).toMatchObject([
    {
      verdict: 'hot',
      holds: true,
      since: 20,
      remedies: [{ set: { window: 'open' } }, { set: { shade: true } }, { set: { water: 2 } }],
    },
  ])
  expect(fanned.look({ ...look, step: 50 })).toEqual([])
})

it('says what helps a run whose numbers are not finite', () => {
  const verdict = notFinite(7, 'The loss is NaN.', { options: { learningRate: 0.8 }, known: ['learningRate'] })
  expect(verdict).toMatchObject({ verdict: 'divergence', holds: true, since: 7, message: 'The loss is NaN.' })
  expect(verdict.remedies).toEqual([{ set: { learningRate: 0.2 }, why: expect.any(String) }])
})
