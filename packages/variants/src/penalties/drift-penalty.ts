import { mean, type Scalar, square, type Tensor } from '@tensorflow/tfjs-core'

/**
 * E[D(x)²] (Karras et al. 2018, appendix A.1): a critic is free to add a constant to all that it says, and this keeps it near zero.
 *
 * @param logits of real samples
 */
export function driftPenalty(logits: Tensor): Scalar {
  return mean(square(logits)) as Scalar
}
