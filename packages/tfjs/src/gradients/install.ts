import { type GradConfig, getGradient, registerGradient } from '@tensorflow/tfjs-core'
import { mendKernels } from '../kernels/mend.ts'
import { activationGradients } from './activations.ts'
import { arithmeticGradients } from './arithmetic.ts'
import { convolutionGradients } from './convolution.ts'
import { cuttingGradients } from './cutting.ts'
import { elementwiseGradients } from './elementwise.ts'
import { indexingGradients } from './indexing.ts'
import { linearAlgebraGradients } from './linear-algebra.ts'
import { movementGradients } from './movement.ts'
import { normalizationGradients } from './normalization.ts'
import { piecewiseConstantGradients } from './piecewise-constant.ts'
import { poolingGradients } from './pooling.ts'
import { reductionGradients } from './reductions.ts'
import { onceOnlyGradients, refusals } from './refusals.ts'
import { resizeGradients } from './resize.ts'
import { scanGradients } from './scans.ts'
import { softmaxGradients } from './softmax.ts'

/** Gradients that are exact, and can be differentiated as often as one likes. */
export const exactGradients: readonly GradConfig[] = [
  ...activationGradients,
  ...arithmeticGradients,
  ...convolutionGradients,
  ...cuttingGradients,
  ...elementwiseGradients,
  ...indexingGradients,
  ...linearAlgebraGradients,
  ...movementGradients,
  ...normalizationGradients,
  ...poolingGradients,
  ...reductionGradients,
  ...resizeGradients,
  ...scanGradients,
  ...softmaxGradients,
]

const gradients: readonly GradConfig[] = [
  ...exactGradients,
  ...piecewiseConstantGradients,
  ...onceOnlyGradients,
  ...refusals,
]

/**
 * Replaces all of TF.js's gradients by ones that are exact at every order, and adds those that it lacks; {@link mendKernels}, too.
 *
 * Cheap to call again, and worth it before every use: tfjs-layers registers TF.js's own when it is first imported.
 *
 * @example
 * ```ts
 * installGradients()
 * const slope = (x: tf.Tensor) => tf.grad(tf.tanh)(x)
 * tf.grad((x) => tf.sum(tf.square(slope(x))))(tf.tensor1d([0.5, 1])).print()
 * ```
 */
export function installGradients(): void {
  mendKernels()
  for (const gradient of gradients) {
    if (getGradient(gradient.kernelName) !== gradient) registerGradient(gradient)
  }
}
