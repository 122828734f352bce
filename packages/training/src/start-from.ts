import {
  ConfigurationError,
  describeSpec,
  type NDArray,
  type Part,
  type State,
  type TrainingSession,
} from '@gantry/core'
import type { Checkpoint } from './checkpoint.ts'
import type { TrainedModel } from './train-options.ts'

/** Differences that a message lists before it stops. */
const SHOWN = 5

/**
 * Starts a part of a new run, such as its generator, where a checkpoint of another run has its own: the decoder of a VAE, say. The
 * weights and their moving average are taken over; optimizers, counters and other parts start anew.
 *
 * @param owner the other run, for messages
 * @throws ConfigurationError `PART_UNKNOWN` when either has no such part, `INIT_MISMATCH` with the weights that differ and both
 * shapes
 *
 * @example
 * ```ts
 * const session = await backend.prepare(model)
 * await startPart({ model, session }, 'generator', checkpoint, 'runs/vae')
 * ```
 */
export async function startPart(
  { model, session }: { readonly model: TrainedModel; readonly session: TrainingSession },
  part: string,
  checkpoint: Checkpoint,
  owner: string,
): Promise<void> {
  const own = partOf(`The model '${model.name}'`, model.parts, part)
  const other = partOf(`${owner} (${checkpoint.variant})`, checkpoint.parts, part)
  const fresh = await session.readState()
  const weights = (from: Part, state: State) =>
    Object.fromEntries(Object.entries(from).map(([name, { trained }]) => [name, state[trained]!]))
  checkWeights(`${owner} (${checkpoint.variant})`, part, weights(own, fresh), weights(other, checkpoint.state))
  const taken: Record<string, NDArray> = {}
  for (const [name, { trained, average, alike = [] }] of Object.entries(own)) {
    const weight = checkpoint.state[other[name]!.trained]!
    for (const place of [trained, ...alike]) taken[place] = weight
    if (average !== undefined) taken[average] = checkpoint.state[other[name]!.average ?? other[name]!.trained]!
  }
  await session.writeState(taken, { partly: true })
}

function partOf(owner: string, parts: Readonly<Record<string, Part>> = {}, name: string): Part {
  const part = parts[name]
  if (part !== undefined) return part
  throw new ConfigurationError({
    code: 'PART_UNKNOWN',
    message: `${owner} has no part '${name}'.`,
    fix: `Its parts are: ${Object.keys(parts).join(', ') || 'none'}.`,
  })
}

function checkWeights(owner: string, part: string, own: State, other: State): void {
  const names = [...new Set([...Object.keys(own), ...Object.keys(other)])]
  const describe = (state: State, name: string) => (state[name] ? describeSpec(state[name]) : 'missing')
  const differences = names
    .filter((name) => describe(own, name) !== describe(other, name))
    .map((name) => `'${name}' is ${describe(other, name)} there but ${describe(own, name)} here`)
  if (differences.length === 0) return
  const more = differences.length > SHOWN ? `; and ${differences.length - SHOWN} more` : ''
  throw new ConfigurationError({
    code: 'INIT_MISMATCH',
    message: `The ${part} of ${owner} does not fit: ${differences.slice(0, SHOWN).join('; ')}${more}.`,
    fix: 'Use the same architecture, latentSize, generatorWidth, normalization, conditioning and image size in both runs.',
  })
}
