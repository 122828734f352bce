import {
  type BoundField,
  type ModelFunction,
  type Port,
  portOf,
  rawFunction,
  scaledDimension,
  type TensorProgram,
} from '@gantry/core'
import { clipByValue, type Tensor } from '@tensorflow/tfjs-core'
import type { Network } from '../network.ts'

/** A length that is so many times a named one. */
const times = (factor: number) => (name: string) => scaledDimension({ name, factor, divisor: 1 })

type Program = TensorProgram<Tensor>

/**
 * `enlarge` and its twin of the weights as trained: `low` [batch, height, width, channels] to `high`, `factor` times as high and wide,
 * whatever their size.
 *
 * @param high field of the large images, which are reduced where they feed the function
 */
export function enlargingFunctions(
  average: Network,
  trained: Network,
  high: BoundField,
  factor: number,
): ModelFunction<Program>[] {
  const channels = high.shape[2]!
  const ends: { readonly low: Port; readonly high: Port } = {
    low: { ...portOf(high), shape: ['height', 'width', channels], reduced: factor },
    high: { ...portOf(high), shape: [...['height', 'width'].map(times(factor)), channels] },
  }
  const enlarging = (name: string, weights: 'ema' | 'raw', network: Network): ModelFunction<Program> => ({
    name,
    weights,
    inputs: { low: ends.low },
    outputs: { high: ends.high },
    program: (given) => ({
      high: clipByValue(network.apply({ low: given.low! }, { training: false }).high!, -1, 1),
    }),
  })
  return [enlarging('enlarge', 'ema', average), enlarging(rawFunction('enlarge'), 'raw', trained)]
}
