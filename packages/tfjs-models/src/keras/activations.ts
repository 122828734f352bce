import * as tf from '@tensorflow/tfjs-core'

type Activation = (x: tf.Tensor) => tf.Tensor

/** TF.js's own, by the names that Keras has for them. */
const own: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      'elu',
      'gelu',
      'linear',
      'mish',
      'relu',
      'relu6',
      'selu',
      'sigmoid',
      'softmax',
      'softplus',
      'softsign',
      'swish',
      'tanh',
    ].map((name) => [name, name]),
  ),
  silu: 'swish',
  log_softmax: 'logSoftmax',
}

const sixth = (x: tf.Tensor) => tf.mul(tf.clipByValue(tf.add(x, 3), 0, 6), 1 / 6)

/** Those that TF.js does not have, or that mean something else there. */
const others: Readonly<Record<string, Activation>> = {
  celu: tf.elu,
  exponential: tf.exp,
  hard_sigmoid: sixth,
  hard_silu: (x) => tf.mul(x, sixth(x)),
  hard_swish: (x) => tf.mul(x, sixth(x)),
  hard_tanh: (x) => tf.clipByValue(x, -1, 1),
  leaky_relu: (x) => tf.leakyRelu(x, 0.2),
  log_sigmoid: tf.logSigmoid,
  tanh_shrink: (x) => tf.sub(x, tf.tanh(x)),
}

/** In Keras 2 a hard sigmoid is TF.js's: a fifth of x plus a half. */
const ownBefore3: Readonly<Record<string, string>> = { hard_sigmoid: 'hard_sigmoid' }

/** What TF.js is to call Keras's activation; undefined for one that neither it nor Gantry has. */
export function activationName(name: string, kerasVersion: number): string | undefined {
  const known = own[name] ?? (kerasVersion < 3 ? ownBefore3[name] : undefined)
  return known ?? (others[name] && `keras_${name}`)
}

/** Registers the activations that TF.js lacks, under names that it finds: it turns `keras_hard_silu` into `kerasHardSilu`. */
export function registerActivations(): void {
  for (const [name, apply] of Object.entries(others)) {
    const camelCase = `keras_${name}`.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
    class Activation extends tf.serialization.Serializable {
      static readonly className = camelCase
      readonly apply = apply
      getConfig() {
        return {}
      }
    }
    tf.serialization.registerClass(Activation)
  }
}
