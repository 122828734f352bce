import * as tf from '@tensorflow/tfjs-core'

type Kernel = Parameters<typeof tf.registerKernel>[0]['kernelFunc']

/** Kernels that only other backends have, so that their gradients can be tested on the cpu. */
const kernels: Readonly<Record<string, Kernel>> = {
  BroadcastTo: ({ inputs, attrs, backend }) => {
    const { shape } = attrs as unknown as { shape: number[] }
    const reps = shape.map((length, axis) => length / inputs.x!.shape[axis]!)
    return tf.getKernel('Tile', 'cpu').kernelFunc({ inputs, attrs: { reps }, backend })
  },
  LogSoftmax: ({ inputs, backend }) => {
    const y = tf.getKernel('Softmax', 'cpu').kernelFunc({ inputs, attrs: { dim: 1 }, backend }) as tf.TensorInfo
    return tf.getKernel('Log', 'cpu').kernelFunc({ inputs: { x: y }, backend } as never)
  },
}

export function registerMissingKernels(): void {
  for (const [kernelName, kernelFunc] of Object.entries(kernels)) {
    if (tf.getKernel(kernelName, 'cpu') == null) tf.registerKernel({ kernelName, backendName: 'cpu', kernelFunc })
  }
}
