import type { Dimension } from '@gantry/core'
import type { Inference } from './node-context.ts'

/** Input `[sequence, batch, features]`; outputs all hidden states, the last one and, for LSTM, the last cell state. */
const recurrent: Inference = (context) => {
  const { dtype, shape } = context.expectRank(0, 3)
  const [sequence, batch] = shape as [Dimension, Dimension]
  const directions = context.string('direction', 'forward') === 'bidirectional' ? 2 : 1
  const hidden = context.int('hidden_size') ?? context.input(2).shape[2] ?? context.fresh(2)
  if (context.int('layout', 0) === 1) return []
  const last = { dtype, shape: [directions, batch, hidden] }
  return [{ dtype, shape: [sequence, directions, batch, hidden] }, last, last]
}

/** Recurrent layers. */
export const recurrence: Readonly<Record<string, Inference>> = {
  GRU: recurrent,
  LSTM: recurrent,
  RNN: recurrent,
}
