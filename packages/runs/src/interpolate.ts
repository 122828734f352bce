import { ConfigurationError, describeSpec, type NDArray, ndarray, type Part, type State } from '@gantry/core'
import type { Checkpoint } from '@gantry/training'

/** Two checkpoints, and how much of the result comes from the first. */
export interface Interpolation {
  readonly own: Checkpoint
  readonly other: Checkpoint
  /** α: 1 is the first as it is, 0 has the weights of the other. */
  readonly share: number
  /** The other run, for messages. */
  readonly owner: string
}

/**
 * Weights between those of two runs (network interpolation, Wang et al. 2018, section 3.4): (1 - α)·θ_other + α·θ_own, in every part that
 * both have, of the weights as trained and of their averages. Between a generator that learnt on pixels and one that has played since,
 * what is sharp comes in steps, and what is invented goes.
 *
 * @returns the state of the first run with these weights; what else it holds stays
 * @throws ConfigurationError `INTERPOLATION_INVALID` for a share outside 0 and 1, for runs without a part in common, and for parts whose
 * weights differ in name or shape
 */
export function interpolated({ own, other, share, owner }: Interpolation): State {
  if (!(share >= 0 && share <= 1))
    throw invalid(`A share lies between 0 and 1, not at ${share}`, 'Give one such as 0.8.')
  const common = Object.keys(own.parts ?? {}).filter((name) => other.parts?.[name] !== undefined)
  if (common.length === 0)
    throw invalid(`${owner} (${other.variant}) has no part that the run (${own.variant}) has`, SAME)
  const state: Record<string, NDArray> = { ...own.state }
  for (const name of common) {
    const [ownPart, otherPart] = [own.parts![name]!, other.parts![name]!]
    checkAlike(name, [ownPart, own.state], [otherPart, other.state], owner)
    for (const [weight, { trained, average }] of Object.entries(ownPart)) {
      const from = otherPart[weight]!
      state[trained] = between(other.state[from.trained]!, own.state[trained]!, share)
      if (average) state[average] = between(other.state[from.average ?? from.trained]!, own.state[average]!, share)
    }
  }
  return state
}

function between(from: NDArray, to: NDArray, share: number): NDArray {
  const result = ndarray(to.dtype, to.shape)
  for (let index = 0; index < to.data.length; index++) {
    result.data[index] = (1 - share) * Number(from.data[index]) + share * Number(to.data[index])
  }
  return result
}

type Weights = readonly [Part, State]

function checkAlike(part: string, own: Weights, other: Weights, owner: string): void {
  const describe = ([weights, state]: Weights, name: string) =>
    weights[name] ? describeSpec(state[weights[name].trained]!) : 'missing'
  const names = new Set([own, other].flatMap(([weights]) => Object.keys(weights)))
  const different = [...names].find((name) => describe(own, name) !== describe(other, name))
  if (different === undefined) return
  const [there, here] = [describe(other, different), describe(own, different)]
  throw invalid(`The ${part} of ${owner} is another: '${different}' is ${there} there but ${here} here`, SAME)
}

const SAME = 'Name a run of the same networks, such as the stage on pixels alone.'

function invalid(message: string, fix: string): ConfigurationError {
  return new ConfigurationError({ code: 'INTERPOLATION_INVALID', message: `${message}.`, fix })
}
