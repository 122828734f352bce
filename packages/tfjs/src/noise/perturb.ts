import { ConfigurationError } from '@gantry/core'
import { add, div, greaterEqual, mul, type Tensor, where, zerosLike } from '@tensorflow/tfjs-core'
import { drawNormal, drawUniform } from './draw-noise.ts'

/**
 * Dropout (Srivastava et al. 2014): each number is 0 with probability `rate`, and 1/(1 - rate) times itself otherwise.
 *
 * @param rate in [0, 1)
 * @param name of the noise: see {@link drawNormal}
 * @throws ConfigurationError `RATE_OUT_OF_RANGE`
 */
export function dropout<Value extends Tensor>(x: Value, rate: number, name: string): Value {
  if (!(rate >= 0 && rate < 1)) {
    throw new ConfigurationError({
      code: 'RATE_OUT_OF_RANGE',
      message: `dropout '${name}': the rate is ${rate}, but it is a probability below 1.`,
      fix: 'Give a number from 0 to less than 1.',
    })
  }
  if (rate === 0) return x
  const keeps = greaterEqual(drawUniform(name, x.shape), rate)
  return where(keeps, div(x, 1 - rate), zerosLike(x)) as Value
}

/** x + standardDeviation·n with standard normal n, drawn under `name`: see {@link drawNormal}. */
export function addGaussianNoise<Value extends Tensor>(
  x: Value,
  standardDeviation: number | Tensor,
  name: string,
): Value {
  return add(x, mul(drawNormal(name, x.shape), standardDeviation))
}
