import {
  equal,
  fill,
  type GradConfig,
  image,
  mul,
  pad,
  slice,
  stridedSlice,
  type Tensor,
  tensor,
  where,
} from '@tensorflow/tfjs-core'
import { linear, run, zerosOf } from './gradient.ts'
import { type PoolAttributes, paddingsOf, type Windows, windowsOf } from './windows.ts'

const LOWEST_FLOAT32 = -3.4028234663852886e38

const product = (numbers: readonly number[]) => numbers.reduce((result, number) => result * number, 1)

/** Window size ÷ how many of its places lie inside the image: the average leaves padding out. */
function borderFactors(windows: readonly Windows[], shape: readonly number[]): Tensor {
  let factors = [1]
  for (const [axis, { count, length, step, before }] of windows.entries()) {
    const own = Array.from({ length: count }, (_, place) => {
      const first = place * step - before
      return length / (Math.min(first + length, shape[axis + 1]!) - Math.max(first, 0))
    })
    factors = factors.flatMap((factor) => own.map((each) => factor * each))
  }
  return tensor(factors, [1, ...windows.map(({ count }) => count), 1])
}

/** TF.js's gradient kernels divide by the whole window where padding was left out; without padding they are right. */
const averageGradient = (kernelName: string) => (dy: Tensor, attributes: PoolAttributes, shape: readonly number[]) => {
  const windows = windowsOf(shape, attributes)
  const isTiling = windows.every(
    ({ count, length, step, before }, axis) => step === length && before === 0 && count * length === shape[axis + 1],
  )
  if (isTiling && shape.length === 4) {
    const shares = mul(dy, 1 / product(windows.map(({ length }) => length)))
    return image.resizeNearestNeighbor(shares as never, [shape[1]!, shape[2]!]) as Tensor
  }
  const { filterSize, strides } = attributes
  const paddings = paddingsOf(windows)
  const isPadded = paddings.some(([before, after]) => before + after > 0)
  const padded = shape.map((length, axis) => length + paddings[axis]![0] + paddings[axis]![1])
  const inputs = {
    dy: isPadded ? mul(dy, borderFactors(windows, shape)) : dy,
    input: fill(padded, 0, 'float32'),
  }
  const whole = run(kernelName, inputs, { filterSize, strides, pad: 'valid' })
  return isPadded
    ? slice(
        whole,
        paddings.map(([before]) => before),
        [...shape],
      )
    : whole
}

/** Linear in dy, so its derivative is the pooling again. Only `averageGradient` runs this kernel, without padding. */
const averageGradientGradient = (kernelName: string, forward: string): GradConfig => ({
  kernelName,
  inputsToSave: ['input'],
  gradFunc: (gradient, saved, attributes) => {
    const { filterSize, strides } = attributes as unknown as PoolAttributes
    const geometry = { filterSize, strides, pad: 'valid', dataFormat: 'NDHWC' }
    return { dy: () => run(forward, { x: gradient as Tensor }, geometry), input: () => zerosOf(saved[0]!) }
  },
})

/** The kernel takes the pooled numbers only to find the places again: as constants they are right. */
const maximumGradient = (kernelName: string, gradientKernel: string): GradConfig => ({
  kernelName,
  inputsToSave: ['x'],
  outputsToSave: [true],
  gradFunc: (dy, saved, attributes) => ({
    x: () => run(gradientKernel, { dy: dy as Tensor, input: saved[0]!, output: saved[1]! }, attributes),
  }),
})

/** Every place of a window in turn, first to last: one strided cut through the image each. */
function placesOf(windows: readonly Windows[]): number[][] {
  return windows.reduce<number[][]>(
    (places, { length }) => places.flatMap((place) => Array.from({ length }, (_, offset) => [...place, offset])),
    [[]],
  )
}

/** Reads the gradient where each window has its maximum; of equal numbers the first, as the kernel does. */
function atMaximum(gradient: Tensor, input: Tensor, output: Tensor, attributes: PoolAttributes): Tensor {
  const windows = windowsOf(input.shape, attributes)
  const paddings = paddingsOf(windows)
  const isPadded = paddings.some(([before, after]) => before + after > 0)
  const numbers = isPadded ? pad(input, paddings, LOWEST_FLOAT32) : input
  const gradients = isPadded ? pad(gradient, paddings) : gradient
  const channels = input.shape.at(-1)!
  const steps = [1, ...windows.map(({ step }) => step), 1]
  const cut = (x: Tensor, place: readonly number[]) => {
    const last = windows.map(({ count, step }, axis) => place[axis]! + (count - 1) * step + 1)
    return stridedSlice(x, [0, ...place, 0], [input.shape[0]!, ...last, channels], steps)
  }
  return placesOf(windows).reduceRight(
    (found, place) => where(equal(cut(numbers, place), output), cut(gradients, place), found),
    zerosOf(output),
  )
}

const maximumGradientGradient = (kernelName: string): GradConfig => ({
  kernelName,
  inputsToSave: ['input', 'output'],
  gradFunc: (gradient, saved, attributes) => {
    const [input, output] = saved as [Tensor, Tensor]
    return {
      dy: () => atMaximum(gradient as Tensor, input, output, attributes as unknown as PoolAttributes),
      input: () => zerosOf(input),
      output: () => zerosOf(output),
    }
  },
})

export const poolingGradients: readonly GradConfig[] = [
  linear('AvgPool', averageGradient('AvgPoolGrad')),
  averageGradientGradient('AvgPoolGrad', 'AvgPool'),
  linear('AvgPool3D', averageGradient('AvgPool3DGrad')),
  averageGradientGradient('AvgPool3DGrad', 'AvgPool3D'),
  maximumGradient('MaxPool', 'MaxPoolGrad'),
  maximumGradientGradient('MaxPoolGrad'),
  maximumGradient('MaxPool3D', 'MaxPool3DGrad'),
  maximumGradientGradient('MaxPool3DGrad'),
]
