import { UnsupportedError } from '@gantry/core'
import type { GradConfig, Tensor } from '@tensorflow/tfjs-core'
import { run } from './gradient.ts'

/** Exact, but only once: the kernels that it runs have no gradients themselves, and TF.js then throws by their name. */
const dilationGradient: GradConfig = {
  kernelName: 'Dilation2D',
  inputsToSave: ['x', 'filter'],
  gradFunc: (dy, saved, attributes) => {
    const inputs = { x: saved[0]!, filter: saved[1]!, dy: dy as Tensor }
    return {
      x: () => run('Dilation2DBackpropInput', inputs, attributes),
      filter: () => run('Dilation2DBackpropFilter', inputs, attributes),
    }
  },
}

/** TF.js registers the gradient of the real absolute value here, which drops the imaginary part. */
const complexAbsGradient: GradConfig = {
  kernelName: 'ComplexAbs',
  gradFunc: () => {
    throw new UnsupportedError({
      code: 'GRADIENT_MISSING',
      message: 'ComplexAbs has no gradient: Gantry differentiates real numbers only.',
      fix: 'Compute the absolute value from the real and the imaginary part.',
    })
  },
}

/** What TF.js offers a gradient for that cannot be differentiated again, or is wrong from the start. */
export const onceOnlyGradients: readonly GradConfig[] = [dilationGradient]
export const refusals: readonly GradConfig[] = [complexAbsGradient]
