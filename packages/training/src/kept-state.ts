import type { Part, State } from '@gantry/core'
import type { Checkpoint } from './checkpoint.ts'

type Parts = Readonly<Record<string, Part>>

/**
 * The state of a checkpoint without moving averages of parts that a model keeps none of. Earlier versions kept them where their decay is 0,
 * too: they were the weights once more.
 *
 * @param own parts of the model
 */
export function keptState({ state, parts = {} }: Pick<Checkpoint, 'state' | 'parts'>, own: Parts = {}): State {
  const beginnings = Object.entries(parts).flatMap(([name, part]) => (own[name] ? beginningsOf(part, own[name]) : []))
  if (beginnings.length === 0) return state
  return Object.fromEntries(
    Object.entries(state).filter(([name]) => !beginnings.some((beginning) => name.startsWith(beginning))),
  )
}

/** What the names of the averages begin with, and that of the count of their updates. */
function beginningsOf(before: Part, now: Part): string[] {
  const beginnings = Object.entries(before).flatMap(([weight, { average }]) => {
    const isKept = now[weight] === undefined || now[weight].average !== undefined
    return isKept || !average?.endsWith(`/${weight}`) ? [] : [average.slice(0, -weight.length)]
  })
  return [...new Set(beginnings)]
}
