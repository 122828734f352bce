import '@tensorflow/tfjs-backend-cpu'
import { RandomStream, sizeOfShape } from '@gantry/core'
import { installGradients } from '@gantry/tfjs'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { SpectralConv2D } from './spectral-conv2d.ts'
import { SpectralDense } from './spectral-dense.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
  installGradients()
})

const drawn = (name: string, shape: readonly number[]) =>
  new RandomStream(8, name).fillNormal(new Float32Array(sizeOfShape(shape)))

const dot = (left: readonly number[], right: readonly number[]) =>
  left.reduce((total, value, index) => total + value * right[index]!, 0)

function unit(vector: readonly number[]): number[] {
  const length = Math.sqrt(dot(vector, vector))
  return vector.map((value) => value / length)
}

/** The kernel with its last axis as columns. */
class Matrix {
  readonly rows: number[][]

  constructor(values: ArrayLike<number>, columns: number) {
    const all = Array.from(values)
    this.rows = Array.from({ length: all.length / columns }, (_, row) => all.slice(row * columns, (row + 1) * columns))
  }

  /** Wᵀu. */
  times(u: readonly number[]): number[] {
    return this.rows.map((row) => dot(row, u))
  }

  /** Wv. */
  transposedTimes(v: readonly number[]): number[] {
    return this.rows[0]!.map((_, column) =>
      dot(
        this.rows.map((row) => row[column]!),
        v,
      ),
    )
  }

  largestSingularValue(): number {
    let u = unit(this.rows[0]!.map((_, column) => Math.cos(column * column + 1)))
    for (let iteration = 0; iteration < 2000; iteration++) u = unit(this.transposedTimes(this.times(u)))
    return Math.sqrt(dot(this.times(u), this.times(u)))
  }
}

const weight = (layer: SpectralDense | SpectralConv2D, name: string) =>
  layer.weights.find(({ originalName }) => originalName.split('/').at(-1) === name)!.read() as tf.Variable

describe.each([
  ['dense', new SpectralDense({ units: 5 }), [2, 7], 5],
  ['wide dense', new SpectralDense({ units: 9 }), [2, 3], 9],
  ['one output', new SpectralDense({ units: 1 }), [2, 7], 1],
  ['convolution', new SpectralConv2D({ filters: 4, kernelSize: 3 }), [1, 4, 4, 2], 4],
] as const)('%s', (_, layer, shape, outputs) => {
  it('has a largest singular value near 1 from the start, and after it was moved', () => {
    const x = tf.tensor(drawn('x', shape), [...shape])
    layer.apply(x)
    const kernel = weight(layer, 'kernel')
    const normalized = () => {
      const matrix = new Matrix(kernel.dataSync(), outputs)
      const [u, v] = ['u', 'v'].map((name) => Array.from(weight(layer, name).dataSync()))
      return matrix.largestSingularValue() / dot(v!, matrix.times(u!))
    }
    expect(Math.abs(normalized() - 1)).toBeLessThan(0.05)
    kernel.assign(tf.tensor(drawn('kernel', kernel.shape), kernel.shape))
    if (outputs > 1) expect(Math.abs(normalized() - 1)).toBeGreaterThan(0.05)
    for (let iteration = 0; iteration < 60; iteration++) layer.apply(x, { training: true })
    expect(Math.abs(normalized() - 1)).toBeLessThan(1e-3)
  })
})

it('iterates once a call in training, and never in inference', () => {
  const layer = new SpectralDense({ units: 3 })
  const x = tf.tensor2d(drawn('x', [2, 4]), [2, 4])
  layer.apply(x)
  const u = [0.6, 0, -0.8]
  weight(layer, 'u').assign(tf.tensor1d(u))
  const matrix = new Matrix(weight(layer, 'kernel').dataSync(), 3)
  const expected: number[][] = []
  for (const _ of [1, 2]) {
    const v = unit(matrix.times(expected[0] ?? u))
    expected.splice(0, 2, unit(matrix.transposedTimes(v)), v)
    layer.apply(x, { training: true })
    layer.apply(x, { training: false })
    for (const [index, name] of ['u', 'v'].entries()) {
      for (const [at, value] of weight(layer, name).dataSync().entries()) {
        expect(value).toBeCloseTo(expected[index]![at]!, 6)
      }
    }
  }
})

describe('the gradient', () => {
  const [inputs, outputs] = [4, 3]
  const points = ['first', 'second'].map((name) => drawn(name, [2, inputs]))
  const u = unit([1, -2, 0.5])

  /**
   * Σ tanh(y) of two calls in a row, plus the squared slopes of the second by its input; in float64.
   *
   * @param constants kernel from which u and v are iterated, so that they stay put when W is moved
   */
  function loss(values: readonly number[], constants: readonly number[]): number {
    const [matrix, other] = [new Matrix(values, outputs), new Matrix(constants, outputs)]
    let result = 0
    let now = u
    for (const [call, x] of points.entries()) {
      const v = unit(other.times(now))
      now = unit(other.transposedTimes(v))
      const sigma = dot(v, matrix.times(now))
      for (const row of new Matrix(x, inputs).rows) {
        const output = matrix.transposedTimes(row).map((value) => Math.tanh(value / sigma))
        result += output.reduce((total, value) => total + value, 0)
        if (call === 0) continue
        const slopes = matrix.times(output.map((value) => (1 - value ** 2) / sigma))
        result += dot(slopes, slopes)
      }
    }
    return result
  }

  const differences = (values: readonly number[], constants: (moved: readonly number[]) => readonly number[]) =>
    values.map((_, place) => {
      const at = (distance: number) => {
        const moved = values.map((value, index) => (index === place ? value + distance : value))
        return loss(moved, constants(moved))
      }
      return (at(1e-5) - at(-1e-5)) / 2e-5
    })

  it('holds u and v for constants, those of each call for itself, at first and second order', () => {
    const layer = new SpectralDense({ units: outputs, useBias: false })
    const [first, second] = points.map((values) => tf.tensor2d(values, [2, inputs]))
    layer.apply(first!)
    weight(layer, 'u').assign(tf.tensor1d(u))
    const kernel = weight(layer, 'kernel')
    const values = Array.from(kernel.dataSync())
    const call = (x: tf.Tensor) => tf.sum(tf.tanh(layer.apply(x, { training: true }) as tf.Tensor))
    const { value, grads } = tf.variableGrads(() => {
      const before = call(first!)
      const { value: after, grad: slopes } = tf.valueAndGrad(call)(second!)
      return tf.add(before, tf.add(after, tf.sum(tf.square(slopes)))) as tf.Scalar
    }, [kernel])
    expect(value.dataSync()[0]).toBeCloseTo(loss(values, values), 4)
    const own = Array.from(grads[kernel.name]!.dataSync())
    const expected = differences(values, () => values)
    const through = differences(values, (moved) => moved)
    const distance = (other: readonly number[]) => Math.hypot(...own.map((slope, at) => slope - other[at]!))
    expect(distance(expected)).toBeLessThan(1e-4 * Math.hypot(...expected))
    expect(distance(through)).toBeGreaterThan(1e-2 * Math.hypot(...expected))
  })
})

it('leaves nothing behind', () => {
  const layer = new SpectralDense({ units: 3 })
  const x = tf.tensor2d(drawn('x', [2, 4]), [2, 4])
  const call = (training: boolean) => {
    tf.tidy(() => {
      layer.apply(x, { training })
    })
  }
  call(false)
  const { numTensors, numDataBuffers } = tf.memory()
  for (const training of [true, false]) call(training)
  expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers })
})
