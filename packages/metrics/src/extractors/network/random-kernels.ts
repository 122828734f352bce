import { ndarray, RandomStream } from '@gantry/core'
import type { Kernel } from './add-steps.ts'
import type { Step } from './steps.ts'
import { traceConvolutions } from './trace-convolutions.ts'

/**
 * Weights of a network that has learned nothing, of a fixed seed: uniform, so that they are exact on every machine, within a bound that
 * keeps the variance from layer to layer (He et al. 2015).
 *
 * @param channels of the images that go in
 * @returns kernel and bias of a convolution by its name
 */
export function randomKernels(steps: readonly Step[], channels: number, seed: number): (name: string) => Kernel {
  const shapes = new Map(traceConvolutions(steps, channels).convolutions.map(({ name, shape }) => [name, shape]))
  return (name) => {
    const shape = shapes.get(name)!
    const [filters, inputs, height, width] = shape
    const bound = Math.sqrt(6 / (inputs * height * width))
    const random = new RandomStream(seed, name)
    const draw = (size: number, limit: number) =>
      Float32Array.from({ length: size }, () => (2 * random.uniform() - 1) * limit)
    return {
      weight: ndarray('float32', shape, draw(filters * inputs * height * width, bound)),
      bias: ndarray('float32', [filters], draw(filters, 0.1)),
    }
  }
}
