import * as tf from '@tensorflow/tfjs-core'

type Operation = (...operands: unknown[]) => unknown

/** What TF.js's methods do beside calling the function of the same name. */
const others: Readonly<Record<string, Operation>> = {
  flatten: (x) => tf.reshape(x as tf.Tensor, [(x as tf.Tensor).size]),
  asType: (x, dtype) => tf.cast(x as tf.Tensor, dtype as 'float32'),
  toFloat: (x) => tf.cast(x as tf.Tensor, 'float32'),
  toInt: (x) => tf.cast(x as tf.Tensor, 'int32'),
  toBool: (x) => tf.cast(x as tf.Tensor, 'bool'),
  reshapeAs: (x, other) => tf.reshape(x as tf.Tensor, (other as tf.Tensor).shape),
  concat: (x, more, axis) => tf.concat([x as tf.Tensor, ...[more].flat()] as tf.Tensor[], axis as number),
  stack: (x, more, axis) => tf.stack([x as tf.Tensor, ...[more].flat()] as tf.Tensor[], axis as number),
}

/**
 * Gives tensors their methods (`x.mul(y)`), which tfjs-core registers for browsers only: recurrent layers and custom layers
 * use them.
 */
export function registerChainedOperations(): void {
  const methods: Record<string, unknown> = {}
  for (const [name, operation] of Object.entries(tf)) {
    // TF.js names the functions that are operations so.
    if (typeof operation === 'function' && operation.name.endsWith('__op')) methods[name] = operation
  }
  Object.assign(methods, others)
  for (const [name, operation] of Object.entries(methods)) {
    if (name in tf.Tensor.prototype) continue
    Object.defineProperty(tf.Tensor.prototype, name, {
      configurable: true,
      value(this: tf.Tensor, ...operands: unknown[]) {
        return (operation as Operation)(this, ...operands)
      },
    })
  }
}
