import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'

/** Makes TF.js ready to build networks: the cpu backend holds initial weights, whatever engine trains them. */
export async function prepareTensorflow(): Promise<typeof tf> {
  await tf.setBackend('cpu')
  // Its banner recommends tfjs-node, which does not concern a run on ONNX Runtime.
  Object.assign(tf.backend(), { firstUse: false })
  return tf
}
