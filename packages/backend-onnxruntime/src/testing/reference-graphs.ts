import {
  type CompiledModel,
  type CompiledProgram,
  float32,
  type NDArray,
  ndarray,
  type StateLayout,
} from '@gantry/core'
import {
  type ReferencePrograms,
  type ReferenceVariable,
  referenceBatchSize,
  referenceConstants,
  referenceInferenceModel,
  referenceModel,
  referenceNoise,
  referenceVariables,
} from '@gantry/core/testing'
import { attribute, createModel, encodeModel, GraphBuilder } from '@gantry/onnx'

const { learningRate, momentum, retention, strength, table } = referenceConstants

/** The kernel and its slot are kept transposed, as a compiler would keep the kernels of convolutions. */
const transposed: readonly ReferenceVariable[] = ['linear/kernel', 'linear/momentum/kernel']

const layouts = Object.fromEntries(
  Object.entries(referenceVariables).map(([name, { dtype, shape }]): [string, StateLayout] => {
    const permutation = transposed.some((other) => other === name) ? [1, 0] : undefined
    return [name, { dtype, shape, ...(permutation && { permutation }) }]
  }),
) as Record<ReferenceVariable, StateLayout>

/** Writes one program: state enters as graph inputs and leaves as graph outputs, named after it. */
class ProgramWriter {
  readonly builder: GraphBuilder
  readonly #reads: CompiledProgram['reads'][number][] = []
  readonly #writes: CompiledProgram['writes'][number][] = []
  readonly #results: string[] = []

  constructor(name: string) {
    this.builder = new GraphBuilder(name)
  }

  node(operator: string, inputs: string[], attributes: Parameters<GraphBuilder['node']>[2] = {}): string {
    return this.builder.node(operator, inputs, attributes)
  }

  scalar(value: number): string {
    return this.builder.constant(float32([], [value]))
  }

  read(state: ReferenceVariable): string {
    const { dtype, shape, permutation } = layouts[state]
    const value = `state:${state}`
    this.#reads.push({ state, value })
    return this.builder.input(value, { dtype, shape: permutation?.map((axis) => shape[axis]!) ?? shape })
  }

  write(state: ReferenceVariable, node: string): void {
    const { dtype, shape, permutation } = layouts[state]
    const value = `next:${state}`
    this.#writes.push({ state, value })
    this.builder.output(value, node, { dtype, shape: permutation?.map((axis) => shape[axis]!) ?? shape })
  }

  result(name: string, node: string, shape: readonly (number | string)[] = [], dtype: 'float32' | 'int32' = 'float32') {
    this.#results.push(name)
    this.builder.output(name, node, { dtype, shape })
  }

  sumOfSquares(value: string): string {
    return this.node('ReduceSumSquare', [value], { keepdims: attribute.int(0) })
  }

  count(): string {
    const next = this.node('Add', [this.read('steps'), this.builder.constant(ndarray('int32', [], Int32Array.of(1)))])
    this.write('steps', next)
    return next
  }

  finish(): CompiledProgram {
    const graph = Uint8Array.from(encodeModel(createModel(this.builder.build())))
    return { graph, reads: this.#reads, writes: this.#writes, results: this.#results }
  }
}

function fit(): CompiledProgram {
  const writer = new ProgramWriter('fit')
  const x = writer.builder.input('x', { dtype: 'float32', shape: [referenceBatchSize, 3] })
  const target = writer.builder.input('target', { dtype: 'float32', shape: [referenceBatchSize, 2] })
  const [kernel, bias] = [writer.read('linear/kernel'), writer.read('linear/bias')]
  const prediction = writer.node('Gemm', [x, kernel, bias], { transB: attribute.int(1) })
  const error = writer.node('Sub', [prediction, target])
  const loss = writer.node('ReduceMean', [writer.node('Mul', [error, error])], { keepdims: attribute.int(0) })
  const share = attribute.float(1 / referenceBatchSize)
  const kernelGradient = writer.node('Gemm', [error, x], { transA: attribute.int(1), alpha: share })
  const batchMean = { axes: attribute.ints([0]), keepdims: attribute.int(0) }
  const biasGradient = writer.node('ReduceMean', [error], batchMean)

  const descend = (name: 'linear/kernel' | 'linear/bias', value: string, gradient: string) => {
    const slot = name === 'linear/kernel' ? 'linear/momentum/kernel' : 'linear/momentum/bias'
    const kept = writer.node('Mul', [writer.read(slot), writer.scalar(momentum)])
    const velocity = writer.node('Add', [kept, gradient])
    writer.write(slot, velocity)
    writer.write(name, writer.node('Sub', [value, writer.node('Mul', [velocity, writer.scalar(learningRate)])]))
  }
  descend('linear/kernel', kernel, kernelGradient)
  descend('linear/bias', bias, biasGradient)

  const average = (name: 'input/mean' | 'loss/average', value: string) => {
    const kept = writer.node('Mul', [writer.read(name), writer.scalar(retention)])
    writer.write(name, writer.node('Add', [kept, writer.node('Mul', [value, writer.scalar(1 - retention)])]))
  }
  average('input/mean', writer.node('ReduceMean', [x], batchMean))
  average('loss/average', loss)

  const squares = writer.node('Add', [writer.sumOfSquares(kernelGradient), writer.sumOfSquares(biasGradient)])
  writer.result('loss', loss)
  writer.result('gradientNorm', writer.node('Sqrt', [squares]))
  writer.result('step', writer.count(), [], 'int32')
  return writer.finish()
}

function decay(): CompiledProgram {
  const writer = new ProgramWriter('decay')
  const rate = writer.builder.input('rate', { dtype: 'float32', shape: [] })
  const kept = writer.node('Sub', [writer.scalar(1), rate])
  const kernel = writer.node('Mul', [writer.read('linear/kernel'), kept])
  writer.write('linear/kernel', kernel)
  writer.result('kernelNorm', writer.node('Sqrt', [writer.sumOfSquares(kernel)]))
  writer.count()
  return writer.finish()
}

function lookup(): CompiledProgram {
  const writer = new ProgramWriter('lookup')
  const index = writer.builder.input('index', { dtype: 'int32', shape: [] })
  const value = writer.node('Gather', [writer.builder.constant(float32([table.length], table)), index])
  writer.write('loss/average', value)
  writer.result('value', value)
  writer.count()
  return writer.finish()
}

function predict(): CompiledProgram {
  const writer = new ProgramWriter('predict')
  const x = writer.builder.input('x', { dtype: 'float32', shape: ['batch', 3] })
  const state = [writer.read('linear/kernel'), writer.read('linear/bias')]
  writer.result('prediction', writer.node('Gemm', [x, ...state], { transB: attribute.int(1) }), ['batch', 2])
  writer.result('centred', writer.node('Sub', [x, writer.read('input/mean')]), ['batch', 3])
  return writer.finish()
}

function perturb(): CompiledProgram {
  const writer = new ProgramWriter('perturb')
  const spec = { dtype: 'float32', shape: ['batch', 3] } as const
  const [x, noise] = [writer.builder.input('x', spec), writer.builder.input('noise', spec)]
  const scaled = writer.node('Mul', [noise, writer.scalar(strength)])
  writer.result('y', writer.node('Add', [x, scaled]), spec.shape)
  return writer.finish()
}

/** The conformance kit's model as ONNX graphs. */
export function compiledReferenceModel(): CompiledModel {
  const programs: ReferencePrograms<CompiledProgram> = {
    fit: fit(),
    decay: decay(),
    lookup: lookup(),
    predict: predict(),
    perturb: perturb(),
  }
  const model = referenceModel<CompiledProgram, NDArray>(programs, referenceVariables)
  const functions = model.functions.map((own) =>
    own.name === 'perturb' ? { ...own, inputs: { ...own.inputs, ...referenceNoise } } : own,
  )
  return { ...model, functions, layouts }
}

/** The conformance kit's inference model as a file's bytes. */
export function referenceInferenceFile(): Uint8Array {
  const { kernel, bias, inputs, outputs, metadata } = referenceInferenceModel
  const builder = new GraphBuilder('line')
  const x = builder.input(inputs[0].name, inputs[0])
  const weights = [builder.initializer('kernel', kernel), builder.initializer('bias', bias)]
  builder.output(outputs[0].name, builder.node('Gemm', [x, ...weights]), outputs[0])
  return encodeModel(createModel(builder.build(), { metadata }))
}
