import { randomNormal, randomUniform, type Tensor } from '@tensorflow/tfjs-core'
import { type NoiseDistribution, noiseOf } from './noise-scope.ts'

function draw<Drawn extends Tensor>(name: string, shape: readonly number[], distribution: NoiseDistribution): Drawn {
  const noise = noiseOf({ name, shape, distribution })
  // Outside of Gantry's engines it is TF.js's own.
  const own = () => (distribution === 'normal' ? randomNormal([...shape]) : randomUniform([...shape]))
  return (noise ?? own()) as Drawn
}

/**
 * Standard normal noise, float32, drawn inside of a program.
 *
 * In a recorded program it becomes a feed of this name, drawn anew by the run's seeded generator at every run; a second
 * draw of the same name becomes `name_1`, and so on. `tf.randomNormal` would be frozen in the graph.
 *
 * @example
 * ```ts
 * const noisy = tf.add(image, tf.mul(drawNormal('instance_noise', image.shape), 0.1))
 * ```
 */
export function drawNormal<Drawn extends Tensor>(name: string, shape: readonly number[]): Drawn {
  return draw(name, shape, 'normal')
}

/** Uniform noise in [0, 1), float32, drawn inside of a program: see {@link drawNormal}. */
export function drawUniform<Drawn extends Tensor>(name: string, shape: readonly number[]): Drawn {
  return draw(name, shape, 'uniform')
}
