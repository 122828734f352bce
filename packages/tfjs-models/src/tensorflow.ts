import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'

/** Makes TF.js ready to load models on its cpu backend, which needs nothing else. */
export async function prepareTensorflow(): Promise<typeof tf> {
  await tf.setBackend('cpu')
  // Its banner recommends tfjs-node, which has nothing to do with an export.
  Object.assign(tf.backend(), { firstUse: false })
  return tf
}
