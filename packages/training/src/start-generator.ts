import { ConfigurationError, describeSpec, type State, type TrainingSession } from '@gantry/core'
import type { StoredCheckpoint } from './checkpoint-store.ts'
import { RunFolder } from './run-folder.ts'

/** Differences that a message lists before it stops. */
const SHOWN = 5

/**
 * Starts the generator of a new run where the newest checkpoint of another run left its own, such as the decoder of a VAE.
 * The weights and their moving average are taken over; optimizers, counters and other networks start anew.
 *
 * @param path folder of the other run
 * @returns the checkpoint that the weights came from
 * @throws ConfigurationError `RUN_MISSING`, `CHECKPOINT_MISSING`, `INIT_MISMATCH` with the weights that differ and both
 * shapes; ModelFormatError `CHECKPOINTS_DAMAGED`
 *
 * @example
 * ```ts
 * const session = await backend.prepare(model)
 * const { position } = await startGenerator(session, 'runs/vae')
 * ```
 */
export async function startGenerator(session: TrainingSession, path: string): Promise<StoredCheckpoint> {
  const other = await RunFolder.open(path)
  const checkpoint = await other.checkpoints.newest()
  if (checkpoint === undefined) {
    throw new ConfigurationError({
      code: 'CHECKPOINT_MISSING',
      message: `The generator cannot start from ${path}: that run has no checkpoint yet.`,
      fix: 'Train it first, or name another run.',
    })
  }
  const own = await session.readState()
  checkWeights(`${path} (${checkpoint.variant})`, weightsOf(own), weightsOf(checkpoint.state))
  await session.writeState({ ...own, ...weightsFor(own, checkpoint.state) })
  return checkpoint
}

const GENERATOR = 'generator/'
const AVERAGE = 'generatorEma/'

/** Weights of a generator by their names within it: those that have a moving average, as optimizer slots have none. */
function weightsOf(state: State): State {
  const names = Object.keys(state).flatMap((name) => (name.startsWith(AVERAGE) ? [name.slice(AVERAGE.length)] : []))
  const weights = names.filter((name) => `${GENERATOR}${name}` in state)
  return Object.fromEntries(weights.map((name) => [name, state[`${GENERATOR}${name}`]!]))
}

function weightsFor(own: State, other: State): State {
  const entries = Object.entries(weightsOf(other)).flatMap(([name, weight]) => [
    [`${GENERATOR}${name}`, weight] as const,
    [`${AVERAGE}${name}`, other[`${AVERAGE}${name}`]!] as const,
    // With historical averaging, the average of the weights so far: these are the first.
    [`${GENERATOR}history/${name}/average`, weight] as const,
  ])
  return Object.fromEntries(entries.filter(([name]) => name in own))
}

function checkWeights(owner: string, own: State, other: State): void {
  const names = [...new Set([...Object.keys(own), ...Object.keys(other)])]
  const describe = (state: State, name: string) => (state[name] ? describeSpec(state[name]) : 'missing')
  const differences = names
    .filter((name) => describe(own, name) !== describe(other, name))
    .map((name) => `'${name}' is ${describe(other, name)} there but ${describe(own, name)} here`)
  if (differences.length === 0) return
  const more = differences.length > SHOWN ? `; and ${differences.length - SHOWN} more` : ''
  throw new ConfigurationError({
    code: 'INIT_MISMATCH',
    message: `The generator of ${owner} does not fit: ${differences.slice(0, SHOWN).join('; ')}${more}.`,
    fix: 'Use the same architecture, latentSize, generatorWidth, normalization, conditioning and image size in both runs.',
  })
}
