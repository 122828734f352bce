import '@tensorflow/tfjs-backend-cpu'
import { RandomStream, sizeOfShape } from '@gantry/core'
import { type serialization, setBackend, type Tensor, tensor } from '@tensorflow/tfjs-core'
import { input, model } from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { isPerSample } from '../per-sample.ts'
import { EqualizedConv2D } from './equalized-conv2d.ts'
import { EqualizedDense } from './equalized-dense.ts'

beforeAll(() => setBackend('cpu'))

type Layer = EqualizedDense | EqualizedConv2D

const range = (length: number) => Array.from({ length }, (_, index) => index)
const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0)
const numbers = (value: { dataSync(): ArrayLike<number> }) => [...Array.from(value.dataSync())]

function drawn(name: string, shape: readonly number[]): Tensor {
  return tensor(new RandomStream(5, name).fillNormal(new Float32Array(sizeOfShape(shape))), [...shape])
}

function weight(layer: Layer, name: string): number[] {
  return numbers(layer.weights.find(({ originalName }) => originalName.split('/').at(-1) === name)!.read())
}

/** xW + b in float64, W of [4, 3]. */
function dense(x: readonly number[], kernel: readonly number[], bias: readonly number[]): number[] {
  return range(2).flatMap((sample) =>
    range(3).map(
      (output) => total(range(4).map((at) => x[sample * 4 + at]! * kernel[at * 3 + output]!)) + bias[output]!,
    ),
  )
}

/** A convolution of [2, 4, 4, 2] by [3, 3, 2, 3] in float64: `before` pixels of zeros above and left, `side` outputs a side. */
function convolution(before: number, stride: number, side: number) {
  return (x: readonly number[], kernel: readonly number[], bias: readonly number[]): number[] => {
    const pixel = (sample: number, row: number, column: number, channel: number) =>
      Math.min(row, column) < 0 || Math.max(row, column) > 3 ? 0 : x[((sample * 4 + row) * 4 + column) * 2 + channel]!
    const at = (sample: number, top: number, left: number, output: number) =>
      range(18).map((place) => {
        const [down, across, channel] = [Math.floor(place / 6), Math.floor((place % 6) / 2), place % 2]
        const seen = pixel(sample, top * stride + down - before, left * stride + across - before, channel)
        return seen * kernel[place * 3 + output]!
      })
    return range(2 * side * side * 3).map((index) => {
      const [output, left, top] = [index % 3, Math.floor(index / 3) % side, Math.floor(index / (3 * side)) % side]
      return total(at(Math.floor(index / (3 * side * side)), top, left, output)) + bias[output]!
    })
  }
}

const images = [2, 4, 4, 2]
const square = { filters: 3, kernelSize: 3 }
const [gain, learningRateMultiplier] = [Math.SQRT2, 0.01]

describe.each([
  ['dense', new EqualizedDense({ units: 3 }), [2, 4], dense, 1 / Math.sqrt(4), 1],
  ['of gain √2', new EqualizedDense({ units: 3, gain }), [2, 4], dense, Math.SQRT2 / Math.sqrt(4), 1],
  ['slow', new EqualizedDense({ units: 3, learningRateMultiplier }), [2, 4], dense, 0.01 / 2, 0.01],
  ['convolution', new EqualizedConv2D(square), images, convolution(1, 1, 4), 1 / Math.sqrt(18), 1],
  ['valid', new EqualizedConv2D({ ...square, padding: 'valid' }), images, convolution(0, 1, 2), 1 / Math.sqrt(18), 1],
  ['strided', new EqualizedConv2D({ ...square, strides: 2, gain }), images, convolution(0, 2, 2), 1 / 3, 1],
  [
    'without bias',
    new EqualizedConv2D({ ...square, useBias: false, learningRateMultiplier }),
    images,
    convolution(1, 1, 4),
    0.01 / Math.sqrt(18),
    0,
  ],
] as const)('an equalized layer, %s', (_, layer, shape, formula, scale, rate) => {
  const x = drawn('x', shape)
  const apply = (own: Layer) => own.apply(x) as Tensor

  it('multiplies its weights when they are used: gain·√(1/fan in), and the multiplier of its learning rate', () => {
    apply(layer)
    for (const own of layer.weights) own.write(drawn(own.originalName.split('/').at(-1)!, own.shape as number[]))
    const output = apply(layer)
    const kernel = weight(layer, 'kernel').map((value) => value * scale)
    const bias = rate === 0 ? [0, 0, 0] : weight(layer, 'bias').map((value) => value * rate)
    const expected = formula(numbers(x), kernel, bias)
    expect(output.size).toBe(expected.length)
    expect(layer.computeOutputShape([...shape])).toEqual(output.shape)
    for (const [index, value] of numbers(output).entries()) {
      expect(Math.abs(value - expected[index]!)).toBeLessThanOrEqual(1e-6 * (1 + Math.abs(expected[index]!)))
    }
  })

  it('is made again from its configuration, and treats every sample by itself', () => {
    const Class = layer.constructor as unknown as { fromConfig: typeof serialization.Serializable.fromConfig }
    const config = layer.getConfig()
    const again = Class.fromConfig(layer.constructor as serialization.SerializableConstructor<Layer>, config) as Layer
    apply(again)
    for (const own of again.weights) own.write(drawn(own.originalName.split('/').at(-1)!, own.shape as number[]))
    expect(numbers(apply(again))).toEqual(numbers(apply(layer)))
    const symbolic = input({ shape: shape.slice(1) as number[] })
    expect(isPerSample(model({ inputs: symbolic, outputs: again.apply(symbolic) as typeof symbolic }))).toBe(true)
  })
})

it('begins at N(0, 1/λ²), and at the bias that was asked for', () => {
  for (const rate of [1, 0.01]) {
    const layer = new EqualizedDense({ units: 64, learningRateMultiplier: rate, initialBias: 1, seed: 3 })
    const output = layer.apply(drawn('wide', [1, 64])) as Tensor
    const kernel = weight(layer, 'kernel').map((value) => value * rate)
    expect(Math.abs(total(kernel.map((value) => value ** 2)) / kernel.length - 1)).toBeLessThan(0.05)
    expect(weight(layer, 'bias')[0]! * rate).toBeCloseTo(1, 6)
    expect(Math.abs(total(numbers(output)) / 64 - 1)).toBeLessThan(0.5)
  }
})

it('begins at the numbers of its seed', () => {
  const kernelOf = (seed: number) => {
    const layer = new EqualizedDense({ units: 2, seed })
    layer.apply(drawn('x', [1, 3]))
    return weight(layer, 'kernel')
  }
  expect(kernelOf(4)).toEqual(kernelOf(4))
  expect(kernelOf(4)).not.toEqual(kernelOf(5))
})
