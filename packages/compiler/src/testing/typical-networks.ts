import { RandomStream } from '@gantry/core'
import * as tf from '@tensorflow/tfjs-core'
import * as layers from '@tensorflow/tfjs-layers'

type Value = layers.SymbolicTensor

const make = layers.layers

/** Every weight drawn from a seed: variances and gains positive, nothing zero or one, so that no step can be skipped. */
function randomized(network: layers.LayersModel): layers.LayersModel {
  const random = new RandomStream(1, network.name)
  for (const weight of network.weights) {
    const shape = weight.shape as number[]
    const numbers = random.fillNormal(new Float32Array(shape.reduce((product, length) => product * length, 1)))
    const name = weight.originalName
    const fanIn = shape.slice(0, -1).reduce((product, length) => product * length, 1)
    const spread = shape.length > 1 ? 1 / Math.sqrt(fanIn) : 0.2
    const positive = name.includes('variance') || name.includes('gamma')
    const drawn = tf.tensor(
      numbers.map((value) => (positive ? 0.5 + Math.abs(value) : value * spread)),
      shape,
    )
    weight.write(drawn)
    drawn.dispose()
  }
  return network
}

function model(name: string, inputs: Value | Value[], outputs: Value | Value[]): layers.LayersModel {
  return randomized(layers.model({ name, inputs, outputs }))
}

/** Convolution, batch normalization, activation. */
function block(x: Value, filters: number, { kernelSize = 3, strides = 1, activation = 'relu' as const } = {}): Value {
  const convolved = make.conv2d({ filters, kernelSize, strides, padding: 'same', useBias: false }).apply(x)
  return make.activation({ activation }).apply(make.batchNormalization().apply(convolved)) as Value
}

/** Convolutions, pooling, flatten and two dense layers. */
function classifier(): layers.LayersModel {
  const picture = layers.input({ shape: [16, 16, 3], name: 'picture' })
  let x = make.maxPooling2d({ poolSize: 2 }).apply(block(picture, 8)) as Value
  x = make.maxPooling2d({ poolSize: 2 }).apply(block(x, 12)) as Value
  x = make.dense({ units: 20, activation: 'relu' }).apply(make.flatten().apply(x)) as Value
  const scores = make
    .dense({ units: 5, activation: 'softmax', name: 'scores' })
    .apply(make.batchNormalization().apply(x))
  return model('classifier', picture, scores as Value)
}

/** Encoder and decoder with skip connections by concatenation. */
function uNet(): layers.LayersModel {
  const picture = layers.input({ shape: [16, 16, 3], name: 'picture' })
  const first = block(picture, 6)
  const second = block(make.maxPooling2d({ poolSize: 2 }).apply(first) as Value, 8)
  let x = block(make.maxPooling2d({ poolSize: 2 }).apply(second) as Value, 10)
  for (const skip of [second, first]) {
    x = make.conv2dTranspose({ filters: 6, kernelSize: 2, strides: 2, padding: 'same' }).apply(x) as Value
    x = block(make.concatenate().apply([x, skip]) as Value, 6)
  }
  const mask = make.conv2d({ filters: 2, kernelSize: 1, activation: 'sigmoid', name: 'mask' }).apply(x)
  return model('u_net', picture, mask as Value)
}

/** Residual blocks, one of them with a projection. */
function resNet(): layers.LayersModel {
  const picture = layers.input({ shape: [16, 16, 3], name: 'picture' })
  let x = block(make.zeroPadding2d({ padding: 1 }).apply(picture) as Value, 8)
  for (const strides of [1, 2]) {
    const linear = make.conv2d({ filters: 8, kernelSize: 3, padding: 'same' }).apply(block(x, 8, { strides }))
    const residue = make.batchNormalization().apply(linear) as Value
    const shortcut =
      strides === 1
        ? x
        : make.batchNormalization().apply(make.conv2d({ filters: 8, kernelSize: 1, strides }).apply(x) as Value)
    x = make.reLU().apply(make.add().apply([residue, shortcut as Value])) as Value
  }
  const pooled = make.globalAveragePooling2d({}).apply(x)
  return model('res_net', picture, make.dense({ units: 4, name: 'logits' }).apply(pooled) as Value)
}

/** Depthwise convolutions, relu6 and global pooling. */
function mobileNet(): layers.LayersModel {
  const picture = layers.input({ shape: [16, 16, 3], name: 'picture' })
  let x = block(picture, 8, { strides: 2 })
  for (const filters of [8, 12]) {
    const depthwise = make.depthwiseConv2d({ kernelSize: 3, padding: 'same', useBias: false }).apply(x)
    x = make.reLU({ maxValue: 6 }).apply(make.batchNormalization().apply(depthwise)) as Value
    const pointwise = make.conv2d({ filters, kernelSize: 1, useBias: false }).apply(x)
    x = make.reLU({ maxValue: 6 }).apply(make.batchNormalization().apply(pointwise)) as Value
  }
  const pooled = make.globalAveragePooling2d({}).apply(x)
  const scores = make.dense({ units: 5, activation: 'softmax', name: 'scores' }).apply(pooled)
  return model('mobile_net', picture, scores as Value)
}

/** The generator of a DCGAN: dense, reshape, transposed convolutions. */
function generator(): layers.LayersModel {
  const latent = layers.input({ shape: [10], name: 'latent' })
  let x = make.dense({ units: 4 * 4 * 16, useBias: false }).apply(latent) as Value
  x = make.leakyReLU().apply(make.batchNormalization().apply(x)) as Value
  x = make.reshape({ targetShape: [4, 4, 16] }).apply(x) as Value
  for (const [filters, strides] of [
    [12, 1],
    [8, 2],
  ] as const) {
    x = make.conv2dTranspose({ filters, kernelSize: 5, strides, padding: 'same', useBias: false }).apply(x) as Value
    x = make.leakyReLU().apply(make.batchNormalization().apply(x)) as Value
  }
  const image = make
    .conv2dTranspose({ filters: 1, kernelSize: 5, strides: 2, padding: 'same', activation: 'tanh', name: 'image' })
    .apply(x)
  return model('generator', latent, image as Value)
}

/** The discriminator of a DCGAN: strided convolutions, flatten, one number. */
function discriminator(): layers.LayersModel {
  const picture = layers.input({ shape: [16, 16, 1], name: 'picture' })
  let x: Value = picture
  for (const filters of [8, 12]) {
    x = make.conv2d({ filters, kernelSize: 5, strides: 2, padding: 'same' }).apply(x) as Value
    x = make.dropout({ rate: 0.3 }).apply(make.leakyReLU().apply(x)) as Value
  }
  const logit = make.dense({ units: 1, name: 'logit' }).apply(make.flatten().apply(x))
  return model('discriminator', picture, logit as Value)
}

/** Enlarged by copying and by interpolation, beside each other. */
function resizer(): layers.LayersModel {
  const picture = layers.input({ shape: [8, 8, 3], name: 'picture' })
  const copied = make.upSampling2d({ size: [2, 2] }).apply(block(picture, 6)) as Value
  const smooth = make.upSampling2d({ size: [2, 2], interpolation: 'bilinear' }).apply(block(picture, 6)) as Value
  const joined = block(make.concatenate().apply([copied, smooth]) as Value, 8)
  const pooled = make.averagePooling2d({ poolSize: 2 }).apply(joined) as Value
  const image = make.conv2d({ filters: 3, kernelSize: 3, padding: 'same', activation: 'tanh', name: 'image' })
  return model('resizer', picture, image.apply(pooled) as Value)
}

/** Three times as large by sub-pixel convolution, added to the enlarged picture. */
class SuperResolution extends layers.layers.Layer {
  static className = 'DepthToSpace3'
  override computeOutputShape([batch, height, width, channels]: number[]): number[] {
    return [batch!, height! * 3, width! * 3, channels! / 9]
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.depthToSpace([inputs].flat()[0] as tf.Tensor4D, 3, 'NHWC')
  }
}

function superResolution(): layers.LayersModel {
  const picture = layers.input({ shape: [8, 8, 3], name: 'picture' })
  const deep = block(block(picture, 8), 8)
  const fine = make.conv2d({ filters: 27, kernelSize: 3, padding: 'same' }).apply(deep)
  const shuffled = new SuperResolution().apply(fine as Value) as Value
  const enlarged = make.upSampling2d({ size: [3, 3], interpolation: 'bilinear' }).apply(picture) as Value
  const sum = make.add({ name: 'enlarged' }).apply([shuffled, enlarged])
  return model('super_resolution', picture, sum as Value)
}

/** Networks as people write them in TF.js, small enough for its cpu backend. */
export const typicalNetworks: Readonly<Record<string, () => layers.LayersModel>> = {
  classifier,
  'U-Net': uNet,
  ResNet: resNet,
  MobileNet: mobileNet,
  'DCGAN generator': generator,
  'DCGAN discriminator': discriminator,
  resizer,
  'super-resolution': superResolution,
}
