import { registerGradient, unregisterGradient } from '@tensorflow/tfjs-core'
import { batchNormalizationGradient } from './batch-normalization.ts'
import { reluGradient } from './relu.ts'

let installed = false

/** Replaces gradients of TF.js by ones of the same value that make smaller graphs. Safe to call again. */
export function installGradients(): void {
  if (installed) return
  installed = true
  for (const gradient of [batchNormalizationGradient, reluGradient]) {
    unregisterGradient(gradient.kernelName)
    registerGradient(gradient)
  }
}
