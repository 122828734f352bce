import { expect } from 'vitest'
import { TrainingError } from '../../errors.ts'
import { expectClose, expectError, expectSameArray, expectSameState, expectScalars } from '../expectations.ts'
import { referenceVariables } from '../reference-model.ts'
import { ReferenceTrajectory } from '../reference-trajectory.ts'
import { decayFeeds, fitFeeds, lookupFeeds, recordingDraw, type TrainingTests, train, wave } from './steps.ts'

/** Phases: what they compute, and that they run in their order. */
export const runningTests: TrainingTests = {
  'follows the float64 reference in scalars and state': async (session) => {
    const reference = new ReferenceTrajectory()
    for (let step = 0; step < 8; step++) {
      const feeds = fitFeeds(step)
      expectScalars(await session.run('fit', feeds), reference.fit(feeds.x.data, feeds.target.data))
      const state = await session.readState()
      for (const [name, values] of Object.entries(reference.variables)) expectClose(name, state[name]!.data, values)
    }
  },

  'lets phases that share state see each other’s writes': async (session) => {
    const reference = new ReferenceTrajectory()
    for (let step = 0; step < 4; step++) {
      const feeds = fitFeeds(step)
      expectScalars(await session.run('fit', feeds), reference.fit(feeds.x.data, feeds.target.data))
      expectScalars(await session.run('decay', decayFeeds), reference.decay(0.125))
      if (step % 2 === 0) expectScalars(await session.run('lookup', lookupFeeds(2)), reference.lookup(2))
    }
    const state = await session.readState()
    for (const [name, values] of Object.entries(reference.variables)) expectClose(name, state[name]!.data, values)
  },

  'keeps variables that a phase does not write': async (session) => {
    await train(session)
    const before = await session.readState()
    for (let times = 0; times < 3; times++) await session.run('decay', decayFeeds)
    const after = await session.readState()
    for (const name of Object.keys(referenceVariables)) {
      if (name !== 'linear/kernel' && name !== 'steps') expectSameArray(name, after[name]!, before[name]!)
    }
  },

  'leaves the caller’s feeds as they were': async (session) => {
    const feeds = fitFeeds(0)
    await session.run('fit', feeds)
    for (const name of ['x', 'target'] as const) expectSameArray(name, feeds[name], fitFeeds(0)[name])
  },

  'asks draw for the random feeds that the caller of a phase leaves out': async (session) => {
    const { asked, draw } = recordingDraw()
    const { x } = fitFeeds(0)
    const target = wave([...fitFeeds(0).target.shape], 'target'.length)
    const { loss } = await session.run('fit', { x }, draw)
    expect(asked.map(({ name }) => name)).toEqual(['target'])
    expect(asked[0]!.feed).toMatchObject({ dtype: 'float32', source: { from: 'random', distribution: 'normal' } })
    expectClose('loss', [loss!], [new ReferenceTrajectory().fit(x.data, target.data).loss])
  },

  'serialises concurrent calls in their order': async (session) => {
    const reference = new ReferenceTrajectory()
    const x = wave([2, 3], 0)
    const calls: (() => Promise<void>)[] = []
    for (let step = 0; step < 4; step++) {
      const feeds = fitFeeds(step)
      const fit = session.run('fit', feeds)
      const fitted = reference.fit(feeds.x.data, feeds.target.data)
      calls.push(async () => expectScalars(await fit, fitted))
      const evaluation = session.evaluate('predict', { x })
      const { prediction } = reference.predict(x.data)
      calls.push(async () => expectClose('prediction', (await evaluation).prediction!.data as Float32Array, prediction))
      const decay = session.run('decay', decayFeeds)
      const decayed = reference.decay(0.125)
      calls.push(async () => expectScalars(await decay, decayed))
      const read = session.readState()
      const kernel = reference.variables['linear/kernel']
      calls.push(async () => expectClose('linear/kernel', (await read)['linear/kernel']!.data, kernel))
    }
    for (const call of calls) await call()
  },

  'leaves the state as it was when a program fails, and goes on': async (session) => {
    await train(session)
    const before = await session.readState()
    const error = await expectError(session.run('lookup', lookupFeeds(3)), TrainingError, 'RUN_FAILED')
    expect(error.message).toContain('lookup')
    expectSameState(await session.readState(), before)
    expect(await session.run('lookup', lookupFeeds(1))).toEqual({ value: 1 })
  },
}
