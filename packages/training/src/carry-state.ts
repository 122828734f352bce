import { describeSpec, type State } from '@gantry/core'

/**
 * What a stage takes over from the one before: everything of the same name, shape and dtype, but what begins anew. A pure function
 * of both states, so that a run that is resumed at the border carries the same.
 *
 * @param fresh state that the new stage begins with
 * @param before state that the stage before has ended with
 * @returns the part of the new state that is carried over
 */
export function carriedState(fresh: State, before: State, startsAnew: (name: string) => boolean = () => false): State {
  return Object.fromEntries(
    Object.entries(before).filter(
      ([name, array]) => name in fresh && !startsAnew(name) && describeSpec(array) === describeSpec(fresh[name]!),
    ),
  )
}
