/** An operator of ONNX that goes number by number. */
export type LoopOperator = 'Add' | 'Sub' | 'Mul' | 'Div' | 'Sqrt'

/** The operators that a loop may have, and how many operands each takes. */
export const LOOP_OPERATORS: Readonly<Record<LoopOperator, number>> = { Add: 2, Sub: 2, Mul: 2, Div: 2, Sqrt: 1 }

/**
 * What is done with every number of some arrays of one length: the same for all weights that one optimizer moves.
 *
 * Values are counted: first the arrays, then the scalars, then what the operations write.
 */
export interface UpdateLoop {
  readonly arrays: number
  readonly scalars: number
  readonly operations: readonly { readonly operator: LoopOperator; readonly operands: readonly number[] }[]
  /** The arrays that are written, and the values that they get; all has been read when the first number is written. */
  readonly writes: readonly { readonly array: number; readonly value: number }[]
}

/** How some variables of a training are replaced, after a graph has run. */
export interface Update {
  readonly loop: UpdateLoop
  /** Numbers in each of its arrays. */
  readonly size: number
  /** Its first arrays: variables of the state, some of which it writes. */
  readonly variables: readonly string[]
  /** The arrays behind them: outputs of the graph, such as a gradient. */
  readonly given: readonly string[]
  /** Its scalars: outputs of the graph, such as a rate. */
  readonly scalars: readonly string[]
}
