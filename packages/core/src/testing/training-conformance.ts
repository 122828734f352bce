import type { TrainingSession } from '../backend.ts'
import { describeSuite, type Skip } from './suite.ts'
import { callTests } from './training/calls.ts'
import { functionTests } from './training/functions.ts'
import { runningTests } from './training/running.ts'
import { stateTests } from './training/state.ts'
import type { TrainingTests } from './training/steps.ts'

/** One backend under test. */
export interface TrainingBackendCase {
  readonly name: string
  /** Prepares `referenceModel` with its initial values; called once a test. */
  prepare(): Promise<TrainingSession>
  readonly skip?: readonly Skip[]
}

const tests: TrainingTests = { ...stateTests, ...runningTests, ...functionTests, ...callTests }

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
