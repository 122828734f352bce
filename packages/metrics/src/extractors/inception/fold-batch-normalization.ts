import { type NDArray, ndarray } from '@gantry/core'
import type { Kernel } from '../network/add-steps.ts'
import { BATCH_NORMALIZATION_EPSILON } from './architecture.ts'

/**
 * A convolution without bias and the batch normalization after it as one convolution: computed in float64, rounded once.
 *
 * @param weights has `<name>.conv.weight` and `<name>.bn.{weight,bias,running_mean,running_var}`
 */
export function foldBatchNormalization(weights: ReadonlyMap<string, NDArray<'float32'>>, name: string): Kernel {
  const { shape, data } = weights.get(`${name}.conv.weight`)!
  const [gamma, beta, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map(
    (part) => weights.get(`${name}.bn.${part}`)!.data,
  ) as [Float32Array, Float32Array, Float32Array, Float32Array]
  const filters = shape[0]!
  const weight = new Float32Array(data.length)
  const bias = new Float32Array(filters)
  const size = data.length / filters
  for (let filter = 0; filter < filters; filter++) {
    const scale = gamma[filter]! / Math.sqrt(variance[filter]! + BATCH_NORMALIZATION_EPSILON)
    for (let index = filter * size; index < (filter + 1) * size; index++) weight[index] = data[index]! * scale
    bias[filter] = beta[filter]! - mean[filter]! * scale
  }
  return { weight: ndarray('float32', shape, weight), bias: ndarray('float32', [filters], bias) }
}
