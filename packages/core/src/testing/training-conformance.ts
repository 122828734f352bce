import { expect } from 'vitest'
import type { TrainingSession } from '../backend.ts'
import { ConfigurationError, ModelFormatError, ShapeError, TrainingError } from '../errors.ts'
import { float32, type NDArray, ndarray } from '../ndarray.ts'
import { expectClose, expectError, expectSameArray, expectSameState, expectScalars } from './expectations.ts'
import { referenceBatchSize, referenceVariables } from './reference-model.ts'
import { ReferenceTrajectory } from './reference-trajectory.ts'
import { expectReport } from './report.ts'
import { describeSuite, type Skip } from './suite.ts'

/** One backend under test. */
export interface TrainingBackendCase {
  readonly name: string
  /** Prepares `referenceModel` with its initial values; called once a test. */
  prepare(): Promise<TrainingSession>
  readonly skip?: readonly Skip[]
}

/** Smooth, seedless numbers of mixed sign. */
function wave(shape: readonly number[], offset: number): NDArray<'float32'> {
  const array = ndarray('float32', shape)
  for (let index = 0; index < array.data.length; index++) array.data[index] = Math.sin(0.7 * index + offset)
  return array
}

function fitFeeds(step: number) {
  return { x: wave([referenceBatchSize, 3], step), target: wave([referenceBatchSize, 2], 5 + 0.3 * step) }
}

const decayFeeds = { rate: float32([], [0.125]) }
const lookupFeeds = (index: number) => ({ index: ndarray('int32', [], Int32Array.of(index)) })

/** A few runs of both phases; the same calls give the same results. */
async function train(session: TrainingSession, from = 0): Promise<Record<string, number>[]> {
  const scalars: Record<string, number>[] = []
  for (let step = from; step < from + 3; step++) {
    scalars.push(await session.run('fit', fitFeeds(step)))
    scalars.push(await session.run('decay', decayFeeds))
  }
  return scalars
}

const tests: Record<string, (session: TrainingSession) => Promise<void>> = {
  'starts from the initial values, with their names, shapes and dtypes': async (session) => {
    expectSameState(await session.readState(), referenceVariables)
  },

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

  'returns copies from readState': async (session) => {
    await train(session)
    const state = await session.readState()
    const kept = structuredClone(state)
    for (const { data } of Object.values(state)) data.fill(7 as never)
    expectSameState(await session.readState(), kept)
    const earlier = await session.readState()
    await train(session)
    expectSameState(earlier, kept)
  },

  'restores a state bit for bit and goes on as before': async (session) => {
    await train(session)
    const saved = await session.readState()
    const scalars = await train(session, 3)
    const end = await session.readState()
    const written = structuredClone(saved)
    await session.writeState(written)
    for (const { data } of Object.values(written)) data.fill(7 as never)
    expectSameState(await session.readState(), saved)
    expect(await train(session, 3)).toEqual(scalars)
    expectSameState(await session.readState(), end)
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

  'evaluates a function at any batch size and changes nothing': async (session) => {
    const reference = new ReferenceTrajectory()
    await session.run('fit', fitFeeds(0))
    reference.fit(fitFeeds(0).x.data, fitFeeds(0).target.data)
    const before = await session.readState()
    for (const batch of [1, referenceBatchSize, 7]) {
      const x = wave([batch, 3], batch)
      const results = await session.evaluate('predict', { x })
      expect(Object.keys(results).sort()).toEqual(['centred', 'prediction'])
      const expected = reference.predict(x.data)
      for (const [name, width] of [['prediction', 2] as const, ['centred', 3] as const]) {
        expect(results[name]).toMatchObject({ dtype: 'float32', shape: [batch, width] })
        expectClose(name, results[name]!.data, expected[name])
        results[name]!.data.fill(7 as never)
      }
    }
    expectSameState(await session.readState(), before)
  },

  'refuses feeds that do not fit and leaves the state as it was': async (session) => {
    const { x, target } = fitFeeds(0)
    const refused: [feeds: Record<string, NDArray>, code: string][] = [
      [{ x }, 'FEED_MISSING'],
      [{ x, target, weight: x }, 'FEED_UNKNOWN'],
      [{ x: wave([referenceBatchSize, 4], 0), target }, 'FEED_MISMATCH'],
      [{ x: wave([referenceBatchSize + 1, 3], 0), target }, 'FEED_MISMATCH'],
      [{ x: ndarray('int32', [referenceBatchSize, 3]), target }, 'FEED_MISMATCH'],
    ]
    for (const [feeds, code] of refused) await expectError(session.run('fit', feeds), ShapeError, code)
    await expectError(session.evaluate('predict', {}), ShapeError, 'FEED_MISSING')
    await expectError(session.evaluate('predict', { x: wave([2, 5], 0) }), ShapeError, 'FEED_MISMATCH')
    expectSameState(await session.readState(), referenceVariables)
  },

  'refuses unknown phases and functions by name': async (session) => {
    const phase = await expectError(session.run('fitt', fitFeeds(0)), ConfigurationError, 'PHASE_UNKNOWN')
    expect(phase.message).toMatch(/'fitt'.*'fit'/)
    const name = await expectError(
      session.evaluate('predicts', { x: wave([1, 3], 0) }),
      ConfigurationError,
      'FUNCTION_UNKNOWN',
    )
    expect(name.message).toMatch(/'predicts'.*'predict'/)
    await expectError(session.run('predict', { x: wave([1, 3], 0) }), ConfigurationError, 'PHASE_UNKNOWN')
    await expectError(session.evaluate('fit', fitFeeds(0)), ConfigurationError, 'FUNCTION_UNKNOWN')
    expectSameState(await session.readState(), referenceVariables)
  },

  'refuses the state of another model and keeps its own': async (session) => {
    await train(session)
    const state = await session.readState()
    const { 'linear/bias': bias, ...incomplete } = state
    const refused: Record<string, NDArray>[] = [
      incomplete,
      { ...state, 'linear/scale': bias! },
      { ...state, 'linear/kernel': wave([2, 3], 0) },
      { ...state, steps: float32([], [3]) },
    ]
    for (const foreign of refused) {
      await expectError(session.writeState(foreign), ModelFormatError, 'STATE_MISMATCH')
      expectSameState(await session.readState(), state)
    }
  },

  'leaves the state as it was when a program fails, and goes on': async (session) => {
    await train(session)
    const before = await session.readState()
    const error = await expectError(session.run('lookup', lookupFeeds(3)), TrainingError, 'RUN_FAILED')
    expect(error.message).toContain('lookup')
    expectSameState(await session.readState(), before)
    expect(await session.run('lookup', lookupFeeds(1))).toEqual({ value: 1 })
  },

  'finishes earlier calls before dispose, and refuses later ones': async (session) => {
    const earlier = session.run('fit', fitFeeds(0))
    const disposals = [session.dispose(), session.dispose()]
    expect(await earlier).toHaveProperty('loss')
    await Promise.all(disposals)
    await session.dispose()
    const calls = [
      session.run('fit', fitFeeds(0)),
      session.evaluate('predict', { x: wave([1, 3], 0) }),
      session.readState(),
      session.writeState(referenceVariables),
    ]
    for (const call of calls) await expectError(call, TrainingError, 'SESSION_DISPOSED')
  },

  'reports its engine': async (session) => {
    expectReport(session.report)
  },
}

/** Names of the kit's tests, for skips. */
export const trainingConformanceTests: readonly string[] = Object.keys(tests)

/**
 * Defines the tests that every training backend passes.
 *
 * @example
 * ```ts
 * describeTrainingBackend({
 *   name: 'mine',
 *   prepare: () => myBackend.prepare(referenceModel(programs, variables)),
 *   skip: [{ reason: 'gathers out of range read zeros', tests: ['leaves the state as it was when a program fails, and goes on'] }],
 * })
 * ```
 */
export function describeTrainingBackend({ name, prepare, skip = [] }: TrainingBackendCase): void {
  const bound = Object.entries(tests).map(([title, run]) => [
    title,
    async () => {
      const session = await prepare()
      try {
        await run(session)
      } finally {
        await session.dispose()
      }
    },
  ])
  describeSuite(`${name} is a training backend: it`, Object.fromEntries(bound), skip)
}
