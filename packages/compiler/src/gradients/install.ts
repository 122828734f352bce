import { type GradConfig, getGradient, registerGradient } from '@tensorflow/tfjs-core'
import { batchNormalizationGradient } from './batch-normalization.ts'
import { comparisonGradients } from './comparisons.ts'
import { reluGradient } from './relu.ts'

const gradients: readonly GradConfig[] = [batchNormalizationGradient, reluGradient, ...comparisonGradients]

/**
 * Replaces gradients of TF.js by ones of the same value that make smaller graphs, and adds missing ones.
 *
 * Safe to call again, and called before every recording: tfjs-layers registers TF.js's own when it is first imported.
 */
export function installGradients(): void {
  for (const gradient of gradients) {
    if (getGradient(gradient.kernelName) !== gradient) registerGradient(gradient)
  }
}
