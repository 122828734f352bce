import { conv2d, matMul, type serialization, type Tensor, type Tensor2D, type Tensor4D } from '@tensorflow/tfjs-core'

/** How a layer multiplies its input by a kernel, whatever it makes of the kernel before. */
export interface KernelProduct {
  /** @param inputs channels of the input; the outputs are the last axis */
  kernelShape(inputs: number): number[]
  outputShape(inputShape: number[]): number[]
  multiply(input: Tensor, kernel: Tensor): Tensor
  /** By what it was made, as the layer's configuration tells it. */
  readonly config: serialization.ConfigDict
}

export interface DenseConfig {
  readonly units: number
}

/** That of `tf.layers.dense`. */
export function denseProduct({ units }: DenseConfig): KernelProduct {
  return {
    kernelShape: (inputs) => [inputs, units],
    outputShape: (inputShape) => [...inputShape.slice(0, -1), units],
    multiply: (input, kernel) => matMul(input as Tensor2D, kernel as Tensor2D),
    config: { units },
  }
}

export interface ConvolutionConfig {
  readonly filters: number
  readonly kernelSize: number
  readonly strides?: number | undefined
  readonly padding?: 'same' | 'valid' | undefined
}

/** That of `tf.layers.conv2d` with square kernels, padding 'same' by default. */
export function convolutionProduct({
  filters,
  kernelSize,
  strides = 1,
  padding = 'same',
}: ConvolutionConfig): KernelProduct {
  const lost = padding === 'same' ? 0 : kernelSize - 1
  const after = (length: number) => Math.ceil((length - lost) / strides)
  return {
    kernelShape: (inputs) => [kernelSize, kernelSize, inputs, filters],
    outputShape: ([batch, height, width]) => [batch!, after(height!), after(width!), filters],
    multiply: (input, kernel) => conv2d(input as Tensor4D, kernel as Tensor4D, strides, padding),
    config: { filters, kernelSize, strides, padding },
  }
}
