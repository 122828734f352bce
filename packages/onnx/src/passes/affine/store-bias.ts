import type { NDArray } from '@gantry/core'
import type { Node } from '../../graph.ts'
import type { GraphEdit } from '../graph-edit.ts'

/** What the name of a weight ends with. */
const KERNEL = /(kernel|weight)(?=(_\d+)?$)/i

/**
 * Stores the bias of a linear node under the name that goes with its weight's: `dense/bias` beside `dense/kernel`.
 *
 * @param vanishing nodes that are folded away; a constant that only they read may be overwritten
 */
export function storeBias(edit: GraphEdit, { inputs }: Node, vanishing: readonly Node[], bias: NDArray): string {
  const [, weight, present = ''] = inputs as [string, string, string?]
  if (present !== '') return edit.changeConstant(present, bias)
  const name = KERNEL.test(weight) ? weight.replace(KERNEL, 'bias') : `${weight}_bias`
  const reader = edit.soleReader(name)
  const vanishes = edit.constant(name) !== undefined && reader !== undefined && vanishing.includes(reader)
  return vanishes ? edit.changeConstant(name, bias) : edit.addConstant(name, bias)
}
