import { expect } from 'vitest'
import { ShapeError } from '../../errors.ts'
import { expectClose, expectError, expectSameState } from '../expectations.ts'
import { referenceBatchSize } from '../reference-model.ts'
import { ReferenceTrajectory } from '../reference-trajectory.ts'
import { fitFeeds, recordingDraw, type TrainingTests, train, wave } from './steps.ts'

/** Functions: what they compute, at any batch size, and where their noise comes from. */
export const functionTests: TrainingTests = {
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

  'asks draw for the noise that a function draws by name, at any batch size, and changes nothing': async (session) => {
    await train(session)
    const before = await session.readState()
    for (const batch of [1, referenceBatchSize, 7]) {
      const x = wave([batch, 3], batch)
      const { asked, draw } = recordingDraw()
      const { y } = await session.evaluate('perturb', { x }, draw)
      const source = { from: 'random', distribution: 'normal' }
      expect(asked).toEqual([{ name: 'noise', feed: { dtype: 'float32', shape: [batch, 3], source } }])
      const noise = wave([batch, 3], 'noise'.length)
      expect(y).toMatchObject({ dtype: 'float32', shape: [batch, 3] })
      expectClose('y', y!.data, new ReferenceTrajectory().perturb(x.data, noise.data))
    }
    expectSameState(await session.readState(), before)
  },

  'takes noise as an input, and asks nobody for it then': async (session) => {
    const [x, noise] = [wave([5, 3], 0), wave([5, 3], 1)]
    const { asked, draw } = recordingDraw()
    const { y } = await session.evaluate('perturb', { x, noise }, draw)
    expect(asked).toEqual([])
    expectClose('y', y!.data, new ReferenceTrajectory().perturb(x.data, noise.data))
  },

  'refuses noise that nobody gives, or that does not fit': async (session) => {
    const x = wave([2, 3], 0)
    const error = await expectError(session.evaluate('perturb', { x }), ShapeError, 'FEED_MISSING')
    expect(error.message).toMatch(/perturb.*'noise'/)
    const narrow = wave([2, 2], 0)
    await expectError(session.evaluate('perturb', { x, noise: narrow }), ShapeError, 'FEED_MISMATCH')
    await expectError(
      session.evaluate('perturb', { x }, () => narrow),
      ShapeError,
      'FEED_MISMATCH',
    )
    await expectError(session.evaluate('predict', { x, noise: x }), ShapeError, 'FEED_UNKNOWN')
  },
}
