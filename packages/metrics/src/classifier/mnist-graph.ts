import { ndarray } from '@gantry/core'
import { attribute, createModel, encodeModel, GraphBuilder } from '@gantry/onnx'
import { readMnistWeights } from './mnist-weights.ts'

export const MNIST_SIDE = 28
export const MNIST_FEATURES = 64
export const MNIST_CLASSES = 10

/**
 * Stride and padding [top, left, bottom, right] of each convolution: TF's `same`, which pads more at the end. Background
 * is 0 inside of the graph, so padding continues it.
 */
const CONVOLUTIONS: readonly { readonly stride: number; readonly pads: readonly number[] }[] = [
  { stride: 2, pads: [1, 1, 2, 2] },
  { stride: 1, pads: [1, 1, 1, 1] },
  { stride: 2, pads: [0, 0, 1, 1] },
  { stride: 1, pads: [1, 1, 1, 1] },
  { stride: 1, pads: [1, 1, 1, 1] },
]

/**
 * The classifier as an ONNX model: `images` uint8 [batch, 28, 28, 1] to `features` [batch, 64], the mean over all places of
 * the last convolution, and `logits` [batch, 10]. Batch normalization is folded into the convolutions.
 */
export function mnistClassifierModel(): Uint8Array<ArrayBuffer> {
  const builder = new GraphBuilder('classifier-mnist')
  const weights = readMnistWeights()
  const weight = (name: string) => builder.initializer(name, weights.get(name)!)
  const images = builder.input('images', { dtype: 'uint8', shape: ['batch', MNIST_SIDE, MNIST_SIDE, 1] })
  const bytes = builder.node('Cast', [images], { to: attribute.int(1) })
  const channelsFirst = builder.constant(ndarray('int64', [4], BigInt64Array.of(-1n, 1n, 28n, 28n)))
  const planes = builder.node('Reshape', [bytes, channelsFirst])
  let value = builder.node('Div', [planes, builder.constant(ndarray('float32', [], Float32Array.of(255)))])
  for (const [index, { stride, pads }] of CONVOLUTIONS.entries()) {
    const name = `conv_${index + 1}`
    const attributes = { strides: attribute.ints([stride, stride]), pads: attribute.ints(pads) }
    value = builder.node('Conv', [value, weight(`${name}/kernel`), weight(`${name}/bias`)], attributes)
    value = builder.node('Relu', [value])
  }
  const features = builder.node('Flatten', [builder.node('GlobalAveragePool', [value])])
  const logits = builder.node('Gemm', [features, weight('dense/kernel'), weight('dense/bias')])
  builder.output('features', features, { dtype: 'float32', shape: ['batch', MNIST_FEATURES] })
  builder.output('logits', logits, { dtype: 'float32', shape: ['batch', MNIST_CLASSES] })
  return encodeModel(createModel(builder.build()))
}
