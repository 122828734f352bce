import { expect } from 'vitest'
import { ConfigurationError, ShapeError, TrainingError } from '../../errors.ts'
import { type NDArray, ndarray } from '../../ndarray.ts'
import { expectError, expectSameState } from '../expectations.ts'
import { referenceBatchSize, referenceVariables } from '../reference-model.ts'
import { expectReport } from '../report.ts'
import { fitFeeds, type TrainingTests, wave } from './steps.ts'

/** Calls: which are refused, and until when they are taken. */
export const callTests: TrainingTests = {
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
      session.readState(['steps']),
      session.writeState(referenceVariables),
      session.writeState({}, { partly: true }),
    ]
    for (const call of calls) await expectError(call, TrainingError, 'SESSION_DISPOSED')
  },

  'reports its engine': async (session) => {
    expectReport(session.report)
  },
}
