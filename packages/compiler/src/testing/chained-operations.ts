import * as tf from '@tensorflow/tfjs-core'

// In Node, tfjs-core alone has no chained operations, and the orthogonal initializer of recurrent layers uses these. Another test of the
// same process may have put them there.
const methods = {
  flatten(this: tf.Tensor) {
    return tf.reshape(this, [this.size])
  },
  stridedSlice(this: tf.Tensor, begin: number[], end: number[], strides: number[]) {
    return tf.stridedSlice(this, begin, end, strides)
  },
  sign(this: tf.Tensor) {
    return tf.sign(this)
  },
  transpose(this: tf.Tensor) {
    return tf.transpose(this)
  },
  reshape(this: tf.Tensor, shape: number[]) {
    return tf.reshape(this, shape)
  },
}

for (const [name, value] of Object.entries(methods)) {
  if (!(name in tf.Tensor.prototype)) Object.defineProperty(tf.Tensor.prototype, name, { configurable: true, value })
}
