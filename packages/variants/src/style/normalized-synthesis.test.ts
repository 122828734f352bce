import '@tensorflow/tfjs-backend-cpu'
import { createOnnxRuntimeInference } from '@gantry/backend-onnxruntime'
import { exportFunction } from '@gantry/compiler'
import { drawnPort, imageField, ndarray, type Port, RandomStream } from '@gantry/core'
import { withNoise } from '@gantry/tfjs'
import { setBackend, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { channelsAt } from '../architectures/doubling-maps.ts'
import { normalizedSynthesisReference } from '../testing/normalized-synthesis-reference.ts'
import { normalizedSynthesis } from './normalized-synthesis.ts'
import { planStyles } from './style-plan.ts'

// The authors' code of the first StyleGAN is TensorFlow 1's, which runs nowhere any more: its equations, in float64, are what is held against.

const options = { styleSize: 8, generatorWidth: 8, channelBase: 256 }

function synthesisOf(size: number, biases: number) {
  const plan = planStyles('stylegan', { modality: 'image', shape: [size, size, 3] })
  const random = new RandomStream(3, 'weights')
  const normal = (count: number, spread = 1) => {
    const values = new Float32Array(count)
    random.fill('normal', values)
    return values.map((value) => spread * value)
  }
  const network = normalizedSynthesis({ plan, options, seed: 1 })
  for (const [name, weight] of Object.entries(network.weights)) {
    const spread = name.endsWith('activation/bias') ? biases : /kernel|constant/.test(name) ? 1 : 0.3
    weight.assign(tensor(normal(weight.size, spread), weight.shape))
  }
  const styles = normal(plan.styles * options.styleSize)
  const noise = Array.from({ length: plan.styles }, (_, layer) => normal(plan.sides[Math.floor(layer / 2)]! ** 2))
  return { plan, network, styles, noise, noiseOf: (name: string) => noise[Number(/noise_(\d+)$/.exec(name)![1]) - 1]! }
}

type Synthesis = ReturnType<typeof synthesisOf>

function onTfjs({ plan, network, styles, noiseOf }: Synthesis): Float32Array {
  const draw = ({ name, shape }: { readonly name: string; readonly shape: readonly number[] }) =>
    tensor(noiseOf(name), [...shape])
  return tidy(() => {
    const given = { styles: tensor(styles, [1, plan.styles, options.styleSize]), noise: tensor([1], [1, 1]) }
    return withNoise(draw, () => network.apply(given, { training: false })).samples!.dataSync() as Float32Array
  })
}

async function onOnnxRuntime({ plan, network, styles, noiseOf }: Synthesis): Promise<Float32Array> {
  const amount: Port = { modality: 'number', dtype: 'float32', shape: [1] }
  const { bytes } = await exportFunction({
    ...{ name: 'synthesis', weights: 'ema' },
    inputs: { styles: drawnPort('latent', [plan.styles, options.styleSize], 'normal'), noise: amount },
    outputs: { samples: imageField([plan.size, plan.size, 3]) },
    program: (given: Readonly<Record<string, Tensor>>) => network.apply(given, { training: false }),
  })
  const session = await createOnnxRuntimeInference({ device: 'cpu', threads: 1 }).load(bytes)
  const values = (name: string) => ({ styles, noise: Float32Array.of(1) })[name as 'styles' | 'noise'] ?? noiseOf(name)
  const feeds = session.inputs.map(({ name, shape }) => {
    const lengths = shape.map((length) => (typeof length === 'number' ? length : 1))
    return [name, ndarray('float32', lengths, values(name))] as const
  })
  const { samples } = await session.run(Object.fromEntries(feeds))
  await session.dispose()
  return samples!.data as Float32Array
}

beforeAll(() => setBackend('cpu'))

describe('the synthesis of StyleGAN', () => {
  // With biases as large as these, maps lie 300 times as far from 0 as they spread: what normalizes them magnifies what was rounded.
  it.each([
    [8, 0.3],
    [16, 0.3],
    [16, 300],
  ])('of %i pixels with biases of %f is exact but for the rounding of its maps', async (size, biases) => {
    const own = synthesisOf(size, biases)
    const { plan, network, styles, noise } = own
    const weights = Object.fromEntries(Object.entries(network.weights).map(([name, each]) => [name, each.dataSync()]))
    const inputs = {
      ...{ noise, sides: plan.sides, colours: 3 },
      channels: (side: number) => channelsAt(side, options.generatorWidth, options.channelBase),
      styles: Array.from({ length: plan.styles }, (_, layer) => [
        ...styles.subarray(layer * options.styleSize, (layer + 1) * options.styleSize),
      ]),
    }
    const expected = normalizedSynthesisReference(weights, inputs)
    const errorOf = (made: ArrayLike<number>) =>
      Math.max(...expected.map((value, index) => Math.abs(value - made[index]!)))
    const least = errorOf(normalizedSynthesisReference(weights, inputs, Float32Array))
    const [eager, exported] = [errorOf(onTfjs(own)), errorOf(await onOnnxRuntime(own))]
    network.dispose()
    expect(expected.length).toBe(size * size * 3)
    expect([eager, exported].every((error) => error <= 8 * least)).toBe(true)
    if (biases < 1) expect(Math.max(eager, exported)).toBeLessThan(1e-6 * Math.max(...expected.map(Math.abs)))
    else expect(least).toBeGreaterThan(1e-5)
  })
})
