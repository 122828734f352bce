import type { TensorProgram, TrainableModel } from '@gantry/core'
import type { Tensor, Variable } from '@tensorflow/tfjs-core'

/**
 * A GAN ready to train: networks as variables, losses and updates as phases.
 *
 * Those that make samples from noise have the functions `generate` (moving average of the generator's weights) and `generate-raw`
 * (the weights as trained); images are in [-1, 1].
 */
export interface GanModel extends TrainableModel<TensorProgram<Tensor>, Variable> {
  /** Frees every variable and network. */
  dispose(): void
}
