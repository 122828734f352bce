import type { TensorProgram, TrainableModel } from '@gantry/core'
import type { Tensor, Variable } from '@tensorflow/tfjs-core'

/** Where a generator's input comes from. */
export interface LatentSpec {
  readonly size: number
  readonly distribution: 'normal' | 'uniform'
}

/**
 * A GAN ready to train: networks as variables, losses and updates as phases.
 *
 * Its functions are `generateEma` (moving average of the generator's weights) and `generateRaw` (the weights as trained):
 * `latent` float32[batch, latent.size] in, `samples` float32[batch, ...sampleShape] out; images in [-1, 1].
 */
export interface GanModel extends TrainableModel<TensorProgram<Tensor>, Variable> {
  readonly latent: LatentSpec
  /** Number of classes that samples can be asked for: the functions then take `labels` int32 [batch], too. */
  readonly classes?: number
  /** Frees every variable and network. */
  dispose(): void
}
