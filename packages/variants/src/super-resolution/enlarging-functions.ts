import { type BoundField, type ModelFunction, type Port, portOf, rawFunction, type TensorProgram } from '@gantry/core'
import { clipByValue, type Tensor } from '@tensorflow/tfjs-core'
import type { Network } from '../network.ts'

type Program = TensorProgram<Tensor>

/**
 * `enlarge` and its twin of the weights as trained: `low` [batch, height, width, channels] to `high`, `factor` times as high and wide.
 *
 * @param high field of the large images, which are reduced where they feed the function
 */
export function enlargingFunctions(
  average: Network,
  trained: Network,
  high: BoundField,
  factor: number,
): ModelFunction<Program>[] {
  const [height, width, channels] = high.shape as [number, number, number]
  const low: Port = { ...portOf(high), shape: [height / factor, width / factor, channels], reduced: factor }
  const enlarging = (name: string, weights: 'ema' | 'raw', network: Network): ModelFunction<Program> => ({
    name,
    weights,
    inputs: { low },
    outputs: { high: portOf(high) },
    program: (given) => ({
      high: clipByValue(network.apply({ low: given.low! }, { training: false }).high!, -1, 1),
    }),
  })
  return [enlarging('enlarge', 'ema', average), enlarging(rawFunction('enlarge'), 'raw', trained)]
}
