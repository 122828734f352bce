import * as tf from '@tensorflow/tfjs-core'
import { initializers, layers } from '@tensorflow/tfjs-layers'

// biome-ignore lint/suspicious/noExplicitAny: every layer has fields of its own, in TF.js's camel case
type Config = any
type Shape = readonly (number | null)[]

/** TF.js deserializes activations only inside of layers. */
function activationOf(name: string | undefined): (x: tf.Tensor) => tf.Tensor {
  const layer = layers.activation({ activation: (name ?? 'linear') as 'linear' })
  return (x) => layer.call(x, {}) as tf.Tensor
}

abstract class WeightedLayer extends layers.Layer {
  protected readonly config: Config
  constructor(config: Config) {
    super(config)
    this.config = config
  }
  protected weight(name: string, shape: number[]): void {
    this.addWeight(name, shape, 'float32', initializers.zeros())
  }
  protected numbers(): tf.Tensor[] {
    return this.weights.map((weight) => weight.read())
  }
  override getConfig() {
    return { ...super.getConfig(), ...this.config }
  }
}

/** Transposed convolutions of one to three axes, as long as `output_padding` says. */
class KerasConvTranspose extends WeightedLayer {
  static readonly className = 'KerasConvTranspose'

  override build(input: never): void {
    const channels = (input as Shape).at(-1)!
    const { filters, kernelSize, useBias = true } = this.config
    this.weight('kernel', [...kernelSize, filters, channels])
    if (useBias) this.weight('bias', [filters])
    this.built = true
  }

  #length(length: number, axis: number): number {
    const { kernelSize, strides, padding, outputPadding } = this.config
    const [window, step] = [kernelSize[axis], strides[axis]]
    if (outputPadding == null) return length * step + (padding === 'same' ? 0 : Math.max(window - step, 0))
    const cut = padding === 'same' ? 2 * Math.floor(window / 2) : 0
    return (length - 1) * step + window - cut + [outputPadding].flat()[axis % [outputPadding].flat().length]
  }

  override computeOutputShape(input: never): never {
    const [batch, ...rest] = input as Shape
    const space = rest.slice(0, -1).map((length, axis) => (length === null ? null : this.#length(length, axis)))
    return [batch!, ...space, this.config.filters] as never
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const [x] = [inputs].flat() as [tf.Tensor]
      const { strides, padding, filters, activation } = this.config
      const [kernel, bias] = this.numbers() as [tf.Tensor, tf.Tensor?]
      const space = x.shape.slice(1, -1).map((length, axis) => this.#length(length, axis))
      const shape = [x.shape[0]!, ...space, filters]
      const y = transposed(x, kernel, shape, strides, padding)
      return activationOf(activation)(bias === undefined ? y : tf.add(y, bias))
    })
  }
}

function transposed(
  x: tf.Tensor,
  kernel: tf.Tensor,
  shape: number[],
  strides: number[],
  pad: 'same' | 'valid',
): tf.Tensor {
  if (x.rank === 5)
    return tf.conv3dTranspose(x as tf.Tensor5D, kernel as tf.Tensor5D, shape as never, strides as never, pad)
  if (x.rank === 4)
    return tf.conv2dTranspose(x as tf.Tensor4D, kernel as tf.Tensor4D, shape as never, strides as never, pad)
  // One axis is that of images of one row.
  const [batch, length, filters] = shape as [number, number, number]
  const rows = tf.expandDims(x, 1) as tf.Tensor4D
  const image = tf.conv2dTranspose(
    rows,
    tf.expandDims(kernel, 0) as tf.Tensor4D,
    [batch, 1, length, filters],
    [1, strides[0]!],
    pad,
  )
  return tf.squeeze(image, [1])
}

/** Convolutions of one to three axes that TF.js has in one form only: of groups of channels, and of what came before. */
class KerasConv extends WeightedLayer {
  static readonly className = 'KerasConv'

  override build(input: never): void {
    const channels = (input as Shape).at(-1)!
    const { filters, kernelSize, groups = 1, useBias = true } = this.config
    this.weight('kernel', [...kernelSize, channels / groups, filters])
    if (useBias) this.weight('bias', [filters])
    this.built = true
  }

  override computeOutputShape(input: never): never {
    const [batch, ...rest] = input as Shape
    const { kernelSize, strides, padding, dilationRate, filters } = this.config
    const space = rest.slice(0, -1).map((length, axis) => {
      const lost = padding === 'valid' ? (kernelSize[axis] - 1) * dilationRate[axis] : 0
      return length === null ? null : Math.ceil((length - lost) / strides[axis])
    })
    return [batch!, ...space, filters] as never
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const [x] = [inputs].flat() as [tf.Tensor]
      const { kernelSize, dilationRate, padding, groups = 1, activation } = this.config
      const [kernel, bias] = this.numbers() as [tf.Tensor, tf.Tensor?]
      const before = (kernelSize[0] - 1) * dilationRate[0]
      const images =
        padding === 'causal'
          ? tf.pad(x, [
              [0, 0],
              [before, 0],
              [0, 0],
            ])
          : x
      const filters = tf.split(kernel, groups, -1)
      const parts = tf.split(images, groups, -1).map((part, group) => this.#convolve(part, filters[group]!))
      const y = parts.length === 1 ? parts[0]! : tf.concat(parts, -1)
      return activationOf(activation)(bias === undefined ? y : tf.add(y, bias))
    })
  }

  #convolve(x: tf.Tensor, kernel: tf.Tensor): tf.Tensor {
    const { strides, padding, dilationRate } = this.config
    const pad = padding === 'same' ? 'same' : 'valid'
    if (x.rank === 3) return tf.conv1d(x as tf.Tensor3D, kernel as tf.Tensor3D, strides[0], pad, 'NWC', dilationRate[0])
    if (x.rank === 4) return tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, strides, pad, 'NHWC', dilationRate)
    return tf.conv3d(x as tf.Tensor5D, kernel as tf.Tensor5D, strides, pad, 'NDHWC', dilationRate)
  }
}

/** Wu and He 2018: mean and variance of each group of channels of each sample. */
class KerasGroupNormalization extends WeightedLayer {
  static readonly className = 'KerasGroupNormalization'

  override build(input: never): void {
    const channels = (input as Shape).at(-1)!
    const { scale = true, center = true } = this.config
    if (scale) this.weight('gamma', [channels])
    if (center) this.weight('beta', [channels])
    this.built = true
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const [x] = [inputs].flat() as [tf.Tensor]
      const { groups, epsilon = 1e-3, scale = true, center = true } = this.config
      const channels = x.shape.at(-1)!
      const count = groups === -1 ? channels : groups
      const apart = tf.reshape(x, [...x.shape.slice(0, -1), count, channels / count])
      const axes = [...apart.shape.keys()].filter((axis) => axis !== 0 && axis !== apart.rank - 2)
      const { mean, variance } = tf.moments(apart, axes, true)
      const normal = tf.reshape(tf.mul(tf.sub(apart, mean), tf.rsqrt(tf.add(variance, epsilon))), x.shape)
      const weights = this.numbers()
      const scaled = scale ? tf.mul(normal, weights.shift()!) : normal
      return center ? tf.add(scaled, weights.shift()!) : scaled
    })
  }
}

/** Cho et al. 2014 with the reset gate after the product, as cuDNN and Keras have it; TF.js has the gate before. */
class KerasGruCell extends layers.RNNCell {
  static readonly className = 'KerasGruCell'
  readonly #config: Config
  readonly stateSize: number

  constructor(config: Config) {
    super({})
    this.#config = config
    this.stateSize = config.units
  }

  override build(input: never): void {
    const { units, useBias = true } = this.#config
    const add = (name: string, shape: number[]) => this.addWeight(name, shape, 'float32', initializers.zeros())
    add('kernel', [(input as Shape).at(-1)!, 3 * units])
    add('recurrent_kernel', [units, 3 * units])
    if (useBias) add('bias', [2, 3 * units])
    this.built = true
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor[] {
    return tf.tidy(() => {
      const [x, state] = inputs as [tf.Tensor2D, tf.Tensor2D]
      const { activation = 'tanh', recurrentActivation = 'sigmoid' } = this.#config
      const [kernel, recurrent, bias] = this.weights.map((weight) => weight.read()) as [
        tf.Tensor2D,
        tf.Tensor2D,
        tf.Tensor2D?,
      ]
      const biases = bias === undefined ? [tf.scalar(0), tf.scalar(0)] : tf.unstack(bias)
      const [xUpdate, xReset, xNew] = tf.split(tf.add(tf.matMul(x, kernel), biases[0]!), 3, 1) as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ]
      const [update, reset, next] = tf.split(tf.add(tf.matMul(state, recurrent), biases[1]!), 3, 1) as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ]
      const gate = activationOf(recurrentActivation)
      const kept = gate(tf.add(xUpdate, update))
      const candidate = activationOf(activation)(tf.add(xNew, tf.mul(gate(tf.add(xReset, reset)), next)))
      const output = tf.add(tf.mul(kept, state), tf.mul(tf.sub(1, kept), candidate))
      return [output, output]
    }) as tf.Tensor[]
  }
}

class KerasGRU extends layers.RNN {
  static override readonly className = 'KerasGRU'
  readonly #config: Config

  constructor(config: Config) {
    super({ ...config, cell: new KerasGruCell(config) })
    this.#config = config
  }

  /** The cell is made of the same fields. */
  static override fromConfig(kind: never, config: never): never {
    return new (kind as typeof KerasGRU)(config) as never
  }

  override getConfig() {
    return { ...super.getConfig(), ...this.#config }
  }
}

/** Registers the layers with TF.js. */
export function registerWeightedLayers(): void {
  for (const layer of [KerasConv, KerasConvTranspose, KerasGroupNormalization, KerasGRU])
    tf.serialization.registerClass(layer as never)
}
