import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeModel, type Graph, type Node } from '@gantry/onnx'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drawFeeds, relativeDifference, runEagerly, runExported } from '../testing/compare.ts'
import { checkFiles, hasChecker, PYTHON } from '../testing/onnx-checker.ts'
import { typicalNetworks } from '../testing/typical-networks.ts'
import { exportModel } from './export-model.ts'

/** Transposes and nodes that each network needs: images are turned at each end, unless they have one channel. */
const expected: Readonly<Record<string, { readonly transposes: number; readonly nodes: number }>> = {
  classifier: { transposes: 1, nodes: 12 },
  'U-Net': { transposes: 2, nodes: 20 },
  ResNet: { transposes: 1, nodes: 17 },
  MobileNet: { transposes: 1, nodes: 14 },
  'DCGAN generator': { transposes: 0, nodes: 10 },
  'DCGAN discriminator': { transposes: 0, nodes: 7 },
  resizer: { transposes: 2, nodes: 14 },
  'super-resolution': { transposes: 2, nodes: 10 },
}

const AFFINE = new Set(['Add', 'Sub', 'Mul', 'Div', 'BatchNormalization'])
const LINEAR = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul'])

function operators({ nodes }: Graph): string[] {
  return nodes.map(({ operator }) => operator)
}

/** Nodes that only scale and shift the channels of a convolution or product before them. */
function unfolded({ nodes, initializers }: Graph): Node[] {
  const writers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)))
  return nodes.filter(
    ({ operator, inputs }) =>
      AFFINE.has(operator) &&
      inputs.some((name) => LINEAR.has(writers.get(name)?.operator ?? '')) &&
      inputs.some((name) => initializers.has(name)),
  )
}

/** Nodes that nothing reads and that write no output. */
function dead({ nodes, outputs }: Graph): Node[] {
  const read = new Set([...nodes.flatMap(({ inputs }) => inputs), ...outputs.map(({ name }) => name)])
  return nodes.filter((node) => !node.outputs.some((output) => read.has(output)))
}

function repeated(values: readonly string[]): string[] {
  return values.filter((value, index) => values.indexOf(value) !== index)
}

describe.each(Object.entries(typicalNetworks))('%s', (name, make) => {
  let network: LayersModel
  let bytes: Uint8Array
  let graph: Graph

  beforeAll(async () => {
    await tf.setBackend('cpu')
    network = make()
    bytes = await exportModel(network)
    graph = decodeModel(bytes).graph
  })
  afterAll(() => {
    network.dispose()
  })

  it('turns images at most once at each end', () => {
    const transposes = operators(graph).filter((operator) => operator === 'Transpose').length
    expect(transposes).toBe(expected[name]!.transposes)
    expect(transposes).toBeLessThanOrEqual(graph.inputs.length + graph.outputs.length)
  })

  it('has batch normalization and biases inside the convolutions', () => {
    expect(unfolded(graph)).toEqual([])
    expect(operators(graph)).not.toContain('Sqrt')
    expect(operators(graph)).not.toContain('BatchNormalization')
  })

  it('computes nothing of constants alone, nothing twice and nothing in vain', () => {
    const constant = graph.nodes.filter(({ inputs }) => inputs.every((input) => graph.initializers.has(input)))
    expect(constant).toEqual([])
    expect(dead(graph)).toEqual([])
    expect(operators(graph)).not.toContain('Identity')
    const calls = graph.nodes.map(({ operator, inputs, attributes }) => JSON.stringify([operator, inputs, attributes]))
    expect(repeated(calls)).toEqual([])
    const read = new Set(graph.nodes.flatMap(({ inputs }) => inputs))
    expect([...graph.initializers.keys()].filter((each) => !read.has(each))).toEqual([])
    expect(graph.nodes.length).toBeLessThanOrEqual(expected[name]!.nodes)
  })

  it('has names that are unique and say something', () => {
    const values = [
      ...graph.inputs.map((input) => input.name),
      ...graph.initializers.keys(),
      ...graph.nodes.flatMap(({ outputs }) => outputs),
    ]
    expect(repeated(values)).toEqual([])
    expect(repeated(graph.nodes.map((node) => node.name))).toEqual([])
    for (const node of graph.nodes) expect(node.name).toMatch(new RegExp(`^${node.operator}_\\d+$`))
    for (const { operator, inputs } of graph.nodes) {
      // A folded weight keeps the variable's name, and its bias has the name that goes with it.
      if (LINEAR.has(operator)) expect(inputs.slice(1).join()).toMatch(/kernel(_\d)*,.*bias(_\d)*$/)
    }
  })

  it('computes what TF.js computes', async () => {
    const [input] = graph.inputs
    for (const batch of [1, 3]) {
      const feeds = drawFeeds({ x: input! }, batch)
      const { y } = await runEagerly(({ x }) => ({ y: network.apply(x!) as tf.Tensor }), feeds)
      const outputs = await runExported(bytes, { [input!.name]: feeds.x! })
      expect(relativeDifference(outputs[graph.outputs[0]!.name]!, y!)).toBeLessThan(1e-5)
    }
  })
})

it.skipIf(!hasChecker)(`onnx.checker accepts all of them (skipped where ${PYTHON} has no onnx)`, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-quality-'))
  try {
    const paths: string[] = []
    for (const [name, make] of Object.entries(typicalNetworks)) {
      const network = make()
      const path = join(folder, `${name}.onnx`)
      await writeFile(path, await exportModel(network))
      network.dispose()
      paths.push(path)
    }
    expect(() => checkFiles(paths)).not.toThrow()
  } finally {
    await rm(folder, { recursive: true })
  }
})

describe('weights in a file of their own', () => {
  it('are what ONNX Runtime reads beside the model', async () => {
    const network = typicalNetworks['DCGAN generator']!()
    const folder = await mkdtemp(join(tmpdir(), 'gantry-export-'))
    try {
      const { model, data } = await exportModel(network, { externalData: 'generator.bin' })
      await writeFile(join(folder, 'generator.onnx'), model)
      await writeFile(join(folder, data.location), data.chunks)
      const feeds = drawFeeds({ latent: { dtype: 'float32', shape: [2, 10] } }, 2)
      const session = await InferenceSession.create(join(folder, 'generator.onnx'), { logSeverityLevel: 3 })
      const { image } = await session.run({
        latent: new Tensor('float32', feeds.latent!.data as Float32Array, [2, 10]),
      })
      await session.release()
      const inOne = await runExported(await exportModel(network), feeds)
      expect(image!.data).toEqual(inOne.image!.data)
      expect(data.size).toBeGreaterThan(4 * model.length)
    } finally {
      network.dispose()
      await rm(folder, { recursive: true })
    }
  })

  it('are refused outside of the folder', async () => {
    const network = typicalNetworks['DCGAN generator']!()
    await expect(exportModel(network, { externalData: '../generator.bin' })).rejects.toMatchObject({
      code: 'EXTERNAL_LOCATION_INVALID',
    })
    network.dispose()
  })
})
