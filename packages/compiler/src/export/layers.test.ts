import { type NDArray, ndarray, RandomStream, sizeOfShape, type TensorProgram } from '@gantry/core'
import { decodeModel } from '@gantry/onnx'
import * as tf from '@tensorflow/tfjs-core'
import { input, type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { beforeEach, describe, expect, it } from 'vitest'
import { exportModel } from './export-model.ts'
import type { NetworkLike } from './layers-model.ts'
import '../testing/chained-operations.ts'
import { relativeDifference, runEagerly, runExported } from '../testing/compare.ts'
import { expectSection } from '../testing/generated-section.ts'
import type { LayerCase } from '../testing/layer-cases/layer-case.ts'
import { layerRows, outOfScope } from '../testing/layer-cases/layer-rows.ts'

beforeEach(async () => {
  await tf.setBackend('cpu')
})

const inputName = (index: number) => `input_${'abc'[index]}`

/** A network of one case, every weight drawn: variances and gains positive, nothing zero. */
function networkOf({ shapes, build }: LayerCase): LayersModel {
  const inputs = shapes.map((shape, index) => input({ shape: [...shape], name: inputName(index) }))
  const network = model({ inputs, outputs: build(inputs) as SymbolicTensor, name: 'network' })
  const random = new RandomStream(1, 'weights')
  network.setWeights(
    network.weights.map(({ shape, originalName }) => {
      const numbers = random.fillNormal(new Float32Array(sizeOfShape(shape as number[])))
      const positive = /variance|gamma/.test(originalName)
      return tf.tensor(
        numbers.map((value) => (positive ? 0.5 + Math.abs(value) : value / 2)),
        shape as number[],
      )
    }),
  )
  return network
}

function feedsOf({ shapes, below, zeroFrom }: LayerCase, batch: number): Record<string, NDArray> {
  const random = new RandomStream(batch, 'feeds')
  return Object.fromEntries(
    shapes.map((own, index) => {
      const shape = [batch, ...own]
      const drawn = random.fillNormal(new Float32Array(sizeOfShape(shape)))
      // Whole numbers that cover the range: 1 + … keeps zero, which may mean 'masked', for zeroFrom.
      const numbers = below === undefined ? drawn : drawn.map((_, place) => 1 + ((place * 7 + batch) % (below - 1)))
      const step = sizeOfShape(own.slice(1))
      const kept =
        zeroFrom === undefined
          ? numbers
          : numbers.map((value, place) => (Math.floor(place / step) % own[0]! >= zeroFrom ? 0 : value))
      return [inputName(index), ndarray('float32', shape, kept)]
    }),
  )
}

/** The case as something that can be exported, and as a program on TF.js. */
function programOf(layerCase: LayerCase): {
  exported: NetworkLike | TensorProgram<tf.Tensor>
  program: TensorProgram<tf.Tensor>
} {
  if (layerCase.alone) {
    // A layer applied to tensors computes at once.
    const program: TensorProgram<tf.Tensor> = (tensors) => {
      const result = layerCase.build(Object.values(tensors) as unknown as SymbolicTensor[])
      return { result: result as unknown as tf.Tensor }
    }
    return { exported: program, program }
  }
  const network = networkOf(layerCase)
  return {
    exported: network,
    program: (tensors) => {
      const results = network.predict(Object.values(tensors)) as tf.Tensor | tf.Tensor[]
      return Object.fromEntries([results].flat().map((result, index) => [String(index), result]))
    },
  }
}

describe.each(layerRows)('tf.layers.$names.0', ({ cases }) => {
  it.each(cases)('$title', async (layerCase) => {
    const { exported, program } = programOf(layerCase)
    const inputs = (batch: number | string) =>
      Object.fromEntries(
        layerCase.shapes.map((shape, index) => [
          inputName(index),
          { dtype: 'float32' as const, shape: [batch, ...shape] },
        ]),
      )
    const open = layerCase.fixedBatch ? undefined : await exportModel(exported, { inputs: inputs('batch') })
    for (const batch of [1, 3]) {
      const bytes = open ?? (await exportModel(exported, { inputs: inputs(batch) }))
      const feeds = feedsOf(layerCase, batch)
      const expected = Object.values(await runEagerly(program, feeds))
      const names = decodeModel(bytes).graph.outputs.map(({ name }) => name)
      const actual = await runExported(bytes, feeds)
      expect(names).toHaveLength(expected.length)
      for (const [index, array] of expected.entries()) {
        const difference = relativeDifference(actual[names[index]!]!, array)
        expect(difference, `${names[index]} at batch ${batch}`).toBeLessThan(1e-5)
      }
    }
    tf.disposeVariables()
  })
})

it('batchNormalization of another axis is what the definition says; TF.js cpu is not', async () => {
  const layerCase: LayerCase = {
    title: 'axis 1',
    shapes: [[3, 4, 2]],
    build: ([x]) => layers.batchNormalization({ axis: 1, epsilon: 0.01 }).apply(x!) as SymbolicTensor,
  }
  const network = networkOf(layerCase)
  const [gamma, beta, mean, variance] = network.getWeights().map((weight) => weight.dataSync())
  const feeds = feedsOf(layerCase, 2)
  const { data, shape } = feeds.input_a!
  const expected = Float32Array.from(data as Float32Array, (value, place) => {
    const row = Math.floor(place / 8) % 3
    return ((value - mean![row]!) / Math.sqrt(variance![row]! + 0.01)) * gamma![row]! + beta![row]!
  })
  const [actual] = Object.values(await runExported(await exportModel(network), feeds))
  expect(relativeDifference(actual!, ndarray('float32', shape, expected))).toBeLessThan(1e-6)
  network.dispose()
})

it('every name in tf.layers is tested, or out of scope with a reason', () => {
  const known = [...layerRows, ...outOfScope].flatMap(({ names }) => [...names] as string[])
  expect([...known].sort()).toEqual(Object.keys(layers).sort())
})

it('the README lists them', () => {
  const code = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ')
  const rows = layerRows.map(({ names, cases, note = '' }) => {
    return `| ${code(names)} | ${cases.map(({ title }) => title).join('; ')} | ${note} |`
  })
  const missing = outOfScope.map(({ names, reason }) => `| ${code(names)} | not exported | ${reason} |`)
  const head = ['| `tf.layers` | compared with TF.js | |', '|---|---|---|']
  expectSection(new URL('../../README.md', import.meta.url), 'layers', [...head, ...rows, ...missing])
})
