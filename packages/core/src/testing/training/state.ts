import { expect } from 'vitest'
import { ConfigurationError, ModelFormatError } from '../../errors.ts'
import { float32, type NDArray } from '../../ndarray.ts'
import { expectError, expectSameState, expectScalars } from '../expectations.ts'
import { referenceVariables } from '../reference-model.ts'
import { ReferenceTrajectory } from '../reference-trajectory.ts'
import { fitFeeds, type TrainingTests, train, wave } from './steps.ts'

/** State: read and written, as a whole and in parts. */
export const stateTests: TrainingTests = {
  'starts from the initial values, with their names, shapes and dtypes': async (session) => {
    expectSameState(await session.readState(), referenceVariables)
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

  'reads the part of the state that is asked for, by full names and beginnings': async (session) => {
    await train(session)
    const state = await session.readState()
    const partOf = (...names: string[]) => Object.fromEntries(names.map((name) => [name, state[name]!]))
    expectSameState(
      await session.readState(['linear/momentum/', 'steps']),
      partOf('linear/momentum/kernel', 'linear/momentum/bias', 'steps'),
    )
    const linear = await session.readState(['linear/kernel', 'linear/'])
    expectSameState(linear, partOf('linear/kernel', 'linear/bias', 'linear/momentum/kernel', 'linear/momentum/bias'))
    for (const { data } of Object.values(linear)) data.fill(7 as never)
    expectSameState(await session.readState(), state)
    expect(await session.readState([])).toEqual({})
  },

  'refuses to read state that nothing has, by name': async (session) => {
    for (const names of [['linear/kernels'], ['linear'], ['steps', 'liner/'], ['steps/']]) {
      const error = await expectError(session.readState(names), ConfigurationError, 'STATE_UNKNOWN')
      expect(error.message).toContain(`'${names.at(-1)}'`)
    }
  },

  'writes a part of the state, and goes on with the rest as it was': async (session) => {
    await train(session)
    const before = await session.readState()
    const part = { 'linear/kernel': wave([3, 2], 2), 'loss/average': float32([], [3]) }
    const written = structuredClone(part)
    await session.writeState(written, { partly: true })
    for (const { data } of Object.values(written)) data.fill(7)
    const after = { ...before, ...part }
    expectSameState(await session.readState(), after)
    await session.writeState({}, { partly: true })
    expectSameState(await session.readState(), after)
    const reference = new ReferenceTrajectory()
    for (const [name, { data }] of Object.entries(after)) {
      reference.variables[name as keyof typeof referenceVariables] = Array.from(data, Number)
    }
    const { x, target } = fitFeeds(9)
    expectScalars(await session.run('fit', { x, target }), reference.fit(x.data, target.data))
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

  'refuses a part that does not fit and keeps its own state': async (session) => {
    await train(session)
    const state = await session.readState()
    const bias = float32([2], [1, 2])
    const refused: Record<string, NDArray>[] = [
      { 'linear/bias': bias, 'linear/scale': bias },
      { 'linear/bias': bias, 'linear/kernel': wave([2, 3], 0) },
      { 'linear/bias': bias, steps: float32([], [3]) },
    ]
    for (const part of refused) {
      await expectError(session.writeState(part, { partly: true }), ModelFormatError, 'STATE_MISMATCH')
      expectSameState(await session.readState(), state)
    }
    await expectError(session.writeState({ 'linear/bias': bias }), ModelFormatError, 'STATE_MISMATCH')
    expectSameState(await session.readState(), state)
  },
}
