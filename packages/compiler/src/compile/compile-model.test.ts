import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-layers'
import { type Feed, float32, pointsField, sizeOfShape, type TensorProgram, type TensorSpec } from '@gantry/core'
import { decodeModel } from '@gantry/onnx'
import * as tf from '@tensorflow/tfjs-core'
import { beforeEach, describe, expect, it } from 'vitest'
import { exportModel } from '../export/export-model.ts'
import { runCompiled } from '../testing/run-compiled.ts'
import { compileModel, compileStep } from './compile-model.ts'

type Program = TensorProgram<tf.Tensor>

const x: Feed = { dtype: 'float32', shape: [4, 2], source: { from: 'batch', field: 'x' } }
const image: Feed = { dtype: 'float32', shape: [2, 8, 8, 3], source: { from: 'batch', field: 'x' } }

let weight: tf.Variable

beforeEach(async () => {
  await tf.setBackend('cpu')
  tf.disposeVariables()
  weight = tf.variable(tf.tensor2d([[1], [-2]]))
})

const compile = (program: Program, variables: Record<string, tf.Variable> = { weight }) =>
  compileStep(program, { feeds: { x }, variables })

/** One step of gradient descent on mean (x·w)². */
const descend: Program = ({ x }) => {
  const { value, grads } = tf.variableGrads(
    () => tf.mean(tf.square(tf.matMul(x as tf.Tensor2D, weight as unknown as tf.Tensor2D))),
    [weight],
  )
  weight.assign(tf.sub(weight, tf.mul(grads[weight.name]!, 0.1)))
  return { loss: value }
}

describe('compileStep', () => {
  it('descends as the closed form says', async () => {
    const compiled = await compile(descend)
    const runner = await runCompiled(compiled)
    const samples = [1, 2, 3, 4, -1, 0.5, 2, -2]
    let w = [1, -2]
    for (let step = 0; step < 5; step++) {
      const products = [0, 1, 2, 3].map((row) => samples[2 * row]! * w[0]! + samples[2 * row + 1]! * w[1]!)
      const loss = products.reduce((sum, value) => sum + value ** 2, 0) / 4
      const gradient = [0, 1].map((column) =>
        products.reduce((sum, value, row) => sum + (2 / 4) * value * samples[2 * row + column]!, 0),
      )
      const { loss: own } = await runner.run('step', { x: float32([4, 2], samples) })
      expect(own!.shape).toEqual([])
      expect(Math.abs((own!.data[0] as number) / loss - 1)).toBeLessThan(1e-5)
      w = w.map((value, column) => value - 0.1 * gradient[column]!)
    }
    expect([...(runner.state().weight!.data as Float32Array)]).toEqual([
      expect.closeTo(w[0]!, 4),
      expect.closeTo(w[1]!, 4),
    ])
  })

  it('leaves the variables and the backend as they were', async () => {
    const tensors = tf.memory().numTensors
    await compile(descend)
    expect(tf.getBackend()).toBe('cpu')
    expect([...weight.dataSync()]).toEqual([1, -2])
    expect(tf.memory().numTensors).toBe(tensors)
  })

  /** One step of a convolution, batch of `images`, whose optimizer remembers a slot. */
  async function compileConvolution(images: TensorSpec, convolutions: 'direct' | 'fast') {
    const kernel = tf.variable(tf.randomNormal([3, 3, 3, 16], 0, 0.1, 'float32', 1))
    const optimizer = tf.train.momentum(0.1, 0.9)
    optimizer.applyGradients({ [kernel.name]: tf.zerosLike(kernel) })
    const [slot] = await optimizer
      .getWeights()
      .then((weights) => weights.slice(1).map((entry) => entry.tensor as tf.Variable))
    const step: Program = ({ x }) => {
      const { value, grads } = tf.variableGrads(
        () => tf.mean(tf.square(tf.relu(tf.conv2d(x as tf.Tensor4D, kernel as unknown as tf.Tensor4D, 2, 'same')))),
        [kernel],
      )
      optimizer.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })))
      return { loss: value }
    }
    const compiled = await compileStep(step, { feeds: { x: images }, variables: { kernel, slot: slot! }, convolutions })
    const { nodes } = decodeModel(compiled.phases[0]!.program.graph).graph
    return { layouts: compiled.layouts, transposes: nodes.filter(({ operator }) => operator === 'Transpose'), nodes }
  }

  it('keeps kernels of convolutions in the order that ONNX Runtime wants, and moves no weights inside the step', async () => {
    const { layouts, transposes } = await compileConvolution(image, 'direct')
    expect(layouts.kernel!.permutation).toEqual([3, 2, 0, 1])
    expect(layouts.slot!.permutation).toEqual([3, 2, 0, 1])
    // Images in, and the swaps of the filter gradient: none of weights.
    expect(transposes.length).toBeLessThanOrEqual(4)
  })

  it('writes convolutions as products of matrices where they take less time, with kernels as TF.js has them', async () => {
    const { layouts, transposes, nodes } = await compileConvolution(
      { dtype: 'float32', shape: [32, 16, 16, 3] },
      'fast',
    )
    expect(layouts.kernel!.permutation).toBeUndefined()
    expect(layouts.slot!.permutation).toBeUndefined()
    expect(nodes.map(({ operator }) => operator)).toContain('Gemm')
    expect(nodes.map(({ operator }) => operator)).not.toContain('Conv')
    expect(transposes.flatMap(({ inputs }) => inputs)).not.toContain('kernel')
  })

  it('puts labels beside the channels of an image without moving all of them again', async () => {
    const kernel = tf.variable(tf.randomNormal([3, 3, 20, 32], 0, 0.1, 'float32', 1))
    const step: Program = ({ x, labels }) => {
      const rows = tf.tile(tf.reshape(labels!, [8, 1, 4]), [1, 256, 1])
      const conditioned = tf.concat([x!, tf.reshape(rows, [8, 16, 16, 4])], 3)
      return {
        loss: tf.mean(tf.square(tf.conv2d(conditioned as tf.Tensor4D, kernel as unknown as tf.Tensor4D, 1, 'same'))),
      }
    }
    const shapes = { x: [8, 16, 16, 16], labels: [8, 4] }
    const sized = (shape: number[]): TensorSpec => ({ dtype: 'float32', shape })
    const losses: number[] = []
    for (const convolutions of ['direct', 'fast'] as const) {
      const feeds = { x: sized(shapes.x), labels: sized(shapes.labels) }
      const compiled = await compileStep(step, { feeds, variables: { kernel }, convolutions })
      const filled = (shape: number[]) =>
        float32(
          shape,
          new Float32Array(sizeOfShape(shape)).map((_, i) => Math.sin(i)),
        )
      const runner = await runCompiled(compiled)
      const { loss } = await runner.run('step', { x: filled(shapes.x), labels: filled(shapes.labels) })
      losses.push(loss!.data[0] as number)
      if (convolutions === 'direct') continue
      const { nodes } = decodeModel(compiled.phases[0]!.program.graph).graph
      const written = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)))
      const moved = nodes
        .filter(({ operator }) => operator === 'Transpose')
        .map(({ inputs }) => written.get(inputs[0]!))
      expect(moved.map((node) => node?.operator)).not.toContain('Concat')
      // What repeats is written once, in its place.
      const repeated = nodes.filter(({ operator }) => operator === 'Expand')
      expect(repeated).toHaveLength(1)
      expect(nodes.find(({ inputs }) => inputs.includes(repeated[0]!.outputs[0]!))?.operator).toBe('Concat')
    }
    expect(losses[1]).toBeCloseTo(losses[0]!, 5)
  })
})

describe('moveVariables', () => {
  const model = () => ({
    name: 'moving',
    phases: [{ name: 'step', every: 1, feeds: { x }, program: descend }],
    functions: [],
    shown: [],
    variables: { weight },
  })

  it('leaves the numbers with the compiled model alone', async () => {
    const plain = await compileModel(model())
    const moved = await compileModel(model(), { moveVariables: true })
    expect(moved.variables).toEqual(plain.variables)
    expect([plain.movesVariables, moved.movesVariables]).toEqual([undefined, true])
    expect(moved.phases[0]!.program).toEqual(plain.phases[0]!.program)
    const gone = expect.objectContaining({
      code: 'VARIABLE_MOVED',
      message: expect.stringContaining("'weight' ([2,1])"),
    })
    expect(() => weight.dataSync()).toThrow(gone)
    await expect(weight.data()).rejects.toThrow(gone)
    expect(() => tf.add(weight, 1)).toThrow(gone)
    await expect(compileModel(model())).rejects.toThrow(gone)
    expect(tf.getBackend()).toBe('cpu')
  })

  it('lets the variable be assigned, and other models be compiled', async () => {
    const tensors = tf.memory().numTensors
    await compileModel(model(), { moveVariables: true })
    expect(tf.memory().numTensors).toBe(tensors)
    const other = tf.variable(tf.scalar(2))
    const double: Program = ({ x }) => ({ loss: tf.mul(tf.mean(x!), other) })
    await compileStep(double, { feeds: { x }, variables: { other } })
    const program: Program = ({ x }) => ({
      loss: tf.mean(tf.matMul(x as tf.Tensor2D, weight as unknown as tf.Tensor2D)),
    })
    await expect(compileStep(program, { feeds: { x }, variables: { other } })).rejects.toMatchObject({
      code: 'VARIABLE_MOVED',
    })
    const inputs = { x: { dtype: 'float32', shape: [4, 2] } } as const
    await exportModel(double, { inputs })
    await expect(exportModel(program, { inputs })).rejects.toMatchObject({ code: 'VARIABLE_MOVED' })
    weight.assign(tf.tensor2d([[3], [4]]))
    expect([...weight.dataSync()]).toEqual([3, 4])
    expect((await compileModel(model())).variables.weight!.data).toEqual(Float32Array.of(3, 4))
  })

  it('moves nothing when the model cannot be compiled', async () => {
    const broken = {
      ...model(),
      phases: [{ ...model().phases[0]!, program: ({ x }: { x?: tf.Tensor }) => ({ loss: x! }) }],
    }
    await expect(compileModel(broken as never, { moveVariables: true })).rejects.toMatchObject({
      code: 'SCALAR_EXPECTED',
    })
    expect([...weight.dataSync()]).toEqual([1, -2])
  })
})

describe('what cannot be recorded', () => {
  const refused = async (program: Program, variables?: Record<string, tf.Variable>) => {
    try {
      await compile(program, variables)
    } catch (error) {
      // Whatever happened, TF.js must be usable again.
      expect(tf.getBackend()).toBe('cpu')
      expect([...weight.dataSync()]).toEqual([1, -2])
      return error as Error & { code: string }
    }
    throw new Error('compiled')
  }
  const loss = (tensor: tf.Tensor) => ({ loss: tf.mean(tensor) })

  it('random constants, with the line that draws them', async () => {
    const error = await refused(({ x }) => loss(tf.add(x!, tf.randomNormal([4, 2]))))
    expect(error).toMatchObject({ code: 'RANDOM_CONSTANT' })
    expect(error.message).toMatch(/shape \[?4,2\]? changes.*compile-model\.test\.ts:\d+.*from: 'random'/)
  })

  it('random constants in a function', async () => {
    const program: Program = ({ x }) => ({ y: tf.add(x!, tf.randomNormal(x!.shape)) })
    const [x, y] = [pointsField([2]), pointsField([2])]
    const functions = [{ name: 'draw', weights: 'raw', inputs: { x }, outputs: { y }, program } as const]
    await expect(compileModel({ name: 'm', phases: [], functions, shown: [], variables: {} })).rejects.toMatchObject({
      code: 'RANDOM_CONSTANT',
    })
  })

  it('numbers read from recorded tensors', async () => {
    expect(await refused(({ x }) => loss(tf.mul(x!, x!.dataSync()[0]!)))).toMatchObject({
      code: 'READ_WHILE_RECORDING',
    })
  })

  it('variables created inside', async () => {
    const error = await refused(({ x }) => loss(tf.mul(x!, tf.variable(tf.scalar(2), false, 'made-inside'))))
    expect(error).toMatchObject({ code: 'VARIABLE_CREATED' })
    expect(error.message).toContain('made-inside')
    expect(Object.keys(tf.engine().registeredVariables)).not.toContain('made-inside')
  })

  it('variables that are read or assigned but not declared', async () => {
    const other = tf.variable(tf.scalar(3), false, 'undeclared')
    const read = await refused(({ x }) => loss(tf.mul(x!, other)))
    expect(read).toMatchObject({ code: 'VARIABLE_UNDECLARED' })
    expect(read.message).toContain("reads the variable 'undeclared'")
    const assigned = await refused(({ x }) => {
      other.assign(tf.mean(x!))
      return loss(x!)
    })
    expect(assigned).toMatchObject({ code: 'VARIABLE_UNDECLARED' })
    expect(other.dataSync()[0]).toBe(3)
  })

  it('tensors kept from an earlier recording', async () => {
    let kept: tf.Tensor | undefined
    const error = await refused(({ x }) => {
      kept ??= tf.keep(tf.square(x!))
      return loss(tf.add(x!, kept))
    })
    expect(error).toMatchObject({ code: 'FOREIGN_TENSOR' })
  })

  it('kernels without a recording, by name, shape and place in the network', async () => {
    const error = await refused(({ x }) => loss(tf.multinomial(tf.matMul(x!, weight) as tf.Tensor2D, 2)))
    expect(error).toMatchObject({ code: 'KERNEL_UNSUPPORTED' })
    expect(error.message).toMatch(/'Multinomial'.*draws random numbers.*\[4,1\].*'weight'/)
    expect(error).toHaveProperty('fix', expect.stringContaining('Feed uniform noise'))
  })

  it('results that are no scalars', async () => {
    const error = await refused(({ x }) => ({ loss: x! }))
    expect(error).toMatchObject({ code: 'SCALAR_EXPECTED' })
    expect(error.message).toContain("'loss' has shape [4,2]")
  })

  it('convolutions that are none of the two', () => {
    const model = { name: 'm', phases: [], functions: [], shown: [], variables: {} }
    expect(() => compileModel(model, { convolutions: 'auto' as 'fast' })).toThrow(
      expect.objectContaining({ code: 'CONVOLUTIONS_UNKNOWN', fix: expect.stringContaining('fast') }),
    )
  })

  it('one variable under two names', () => {
    const shared = { name: 'm', phases: [], functions: [], shown: [], variables: { a: weight, b: weight } }
    expect(() => compileModel(shared)).toThrow(/'a' and 'b'/)
    expect(() => compileModel(shared)).toThrow(expect.objectContaining({ code: 'VARIABLE_SHARED' }))
  })

  it('feeds of unknown length in a phase', async () => {
    await expect(
      compileStep(({ x }) => loss(x!), { feeds: { x: { dtype: 'float32', shape: ['batch', 2] } }, variables: {} }),
    ).rejects.toMatchObject({ code: 'FEED_NOT_STATIC' })
  })
})
