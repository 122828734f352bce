import { type GradConfig, greater, type Tensor, where, zerosLike } from '@tensorflow/tfjs-core'

/** Gradient of max(x, 0): dy where x is positive. TF.js multiplies by a cast step function, which is four passes over x. */
export const reluGradient: GradConfig = {
  kernelName: 'Relu',
  inputsToSave: ['x'],
  gradFunc: (dy, saved) => {
    const [x] = saved as [Tensor]
    return { x: () => where(greater(x, 0), dy as Tensor, zerosLike(x)) }
  },
}
