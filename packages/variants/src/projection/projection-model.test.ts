import '@tensorflow/tfjs-backend-cpu'
import type { ModelFunction, TensorProgram } from '@gantry/core'
import { drawNormal, installGradients } from '@gantry/tfjs'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { GanModel } from '../gan-model.ts'
import { noiseRegularization, normalized } from './noise-regularization.ts'
import { noiseOfSynthesis, projectionModel } from './projection-model.ts'

beforeAll(async () => {
  installGradients()
  await tf.setBackend('cpu')
})

type Program = TensorProgram<tf.Tensor>

const [LAYERS, SIZE, SIDE] = [2, 3, 8]

/** Bumps whose places come from the styles of two layers, with a little noise. */
function synthesis(kernel: tf.Variable): ModelFunction<Program> {
  return {
    ...{ name: 'synthesis', weights: 'ema' },
    inputs: {
      styles: { modality: 'latent', dtype: 'float32', shape: [LAYERS, SIZE] },
      noise: { modality: 'number', dtype: 'float32', shape: [] },
    },
    outputs: { samples: { modality: 'image', dtype: 'float32', shape: [SIDE, SIDE, 1], range: [-1, 1] } },
    program: ({ styles, noise }) => {
      const flat = tf.reshape(styles!, [-1, LAYERS * SIZE])
      const image = tf.reshape(tf.tanh(tf.matMul(flat, kernel as unknown as tf.Tensor2D)), [-1, SIDE, SIDE, 1])
      const grain = drawNormal('generator/grain', [image.shape[0]!, SIDE, SIDE, 1])
      return { samples: tf.add(image, tf.mul(grain, tf.mul(tf.reshape(noise!, [-1, 1, 1, 1]), 0.01))) }
    },
  }
}

function kernelOf(): tf.Variable {
  const values = Array.from({ length: LAYERS * SIZE * SIDE * SIDE }, (_, index) => {
    const [unit, pixel] = [Math.floor(index / SIDE ** 2), index % SIDE ** 2]
    return Math.sin(((unit + 1) * (pixel % SIDE)) / 5) * Math.cos(((unit + 2) * Math.floor(pixel / SIDE)) / 7)
  })
  return tf.variable(tf.tensor(values, [LAYERS * SIZE, SIDE * SIDE]), false)
}

function setUp(space: 'w' | 'w+') {
  const kernel = kernelOf()
  const own = synthesis(kernel)
  const model = { name: 'tiny', variables: { kernel } } as unknown as GanModel
  const noise = Object.fromEntries(
    Object.entries(noiseOfSynthesis(own)).map(([name, shape]) => {
      const data = Float32Array.from({ length: SIDE ** 2 }, (_, index) => Math.sin(index * index))
      return [name, { dtype: 'float32', shape, data }] as const
    }),
  )
  const projection = projectionModel({
    ...{ model, synthesis: own, space, start: new Float32Array(SIZE), noise, perceptual: 'random-conv' },
    ...{ pixelWeight: 1, noiseWeight: 1 },
  })
  return { kernel, projection, own }
}

/** The picture of styles that are not those of the start, without noise. */
function targetOf(own: ModelFunction<Program>, styles: readonly number[]): tf.Tensor {
  return own.program({ styles: tf.tensor(styles, [1, LAYERS, SIZE]), noise: tf.zeros([1]) }).samples!
}

async function search(space: 'w' | 'w+', styles: readonly number[], steps: number): Promise<number[]> {
  const { kernel, projection, own } = setUp(space)
  const before = kernel.dataSync().slice()
  const target = targetOf(own, styles)
  const pixels: number[] = []
  for (let step = 0; step < steps; step++) {
    tf.tidy(() => {
      const feeds = { target, rate: tf.scalar(0.05), jitter: tf.zeros([1, 1, SIZE]) }
      pixels.push(projection.phases[0]!.program(feeds).pixels!.dataSync()[0]!)
    })
  }
  expect(kernel.dataSync()).toEqual(before)
  const map = projection.variables['projection/noise/generator/grain']!
  const values = [...map.dataSync()]
  expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(0, 5)
  expect(values.reduce((sum, value) => sum + value ** 2, 0) / values.length).toBeCloseTo(1, 4)
  projection.dispose()
  return pixels
}

describe('projectionModel', () => {
  it('finds the styles of which a picture was made, moving nothing of the generator', async () => {
    const pixels = await search('w+', [0.5, -0.4, 0.3, -0.6, 0.2, 0.7], 50)
    expect(pixels[0]!).toBeGreaterThan(0.05)
    expect(pixels.at(-1)!).toBeLessThan(pixels[0]! / 50)
  })

  it('finds in W what has one style, and only comes near to what has two', async () => {
    const near = await search('w', [0.5, -0.4, 0.3, -0.6, 0.2, 0.7], 50)
    const found = await search('w', [0.5, -0.4, 0.3, 0.5, -0.4, 0.3], 50)
    expect(found.at(-1)!).toBeLessThan(found[0]! / 50)
    expect(near.at(-1)!).toBeGreaterThan(near[0]! / 50)
  })

  it('needs styles', () => {
    const { projection, own, kernel } = setUp('w')
    const model = { name: 'tiny', variables: { kernel } } as unknown as GanModel
    const request = { model, space: 'w', start: new Float32Array(SIZE), noise: {}, perceptual: 'random-conv' } as const
    expect(() =>
      projectionModel({ ...request, synthesis: { ...own, inputs: {} }, pixelWeight: 1, noiseWeight: 1 }),
    ).toThrow(expect.objectContaining({ code: 'STYLES_MISSING' }))
    projection.dispose()
  })
})

describe('noiseRegularization', () => {
  it('is the squared autocorrelation at every size (Karras et al. 2020, appendix D)', () => {
    const side = 16
    const map = Array.from({ length: side }, (_, row) =>
      Array.from({ length: side }, (_, column) => Math.sin(row * 3 + column * column)),
    )
    const correlations = (level: readonly (readonly number[])[]) => {
      const length = level.length
      const mean = (shift: (row: number, column: number) => number) =>
        level.flatMap((row, i) => row.map((value, j) => value * shift(i, j))).reduce((a, b) => a + b, 0) / length ** 2
      const down = mean((i, j) => level[(i + length - 1) % length]![j]!)
      const right = mean((i, j) => level[i]![(j + length - 1) % length]!)
      return down ** 2 + right ** 2
    }
    const half = Array.from({ length: side / 2 }, (_, i) =>
      Array.from({ length: side / 2 }, (_, j) => {
        const [row, next] = [map[2 * i]!, map[2 * i + 1]!]
        return (row[2 * j]! + row[2 * j + 1]! + next[2 * j]! + next[2 * j + 1]!) / 2
      }),
    )
    const value = noiseRegularization([tf.reshape(tf.tensor(map), [1, side, side, 1])]).dataSync()[0]!
    expect(value).toBeCloseTo(correlations(map) + correlations(half), 5)
  })

  it('brings maps back to mean 0 and variance 1', () => {
    const values = [...normalized(tf.tensor([1, 2, 3, 4])).dataSync()]
    for (const [index, value] of values.entries()) expect(value).toBeCloseTo((index - 1.5) / Math.sqrt(1.25), 5)
  })
})
