import { type CompiledModel, type DType, float32, type NDArray, ndarray, type TypedArray } from '@gantry/core'
import { describeTrainingBackend } from '@gantry/core/testing'
import { createModel, encodeModel, GraphBuilder } from '@gantry/onnx'
import { describe, expect, onTestFinished, test } from 'vitest'
import { compiledReferenceModel } from './testing/reference-graphs.ts'
import { createOnnxRuntimeTraining } from './training.ts'

// GANTRY_TEST_DEVICE=webgpu runs the kit on another device, where there is one.
const device = (process.env.GANTRY_TEST_DEVICE ?? 'cpu') as 'cpu' | 'webgpu' | 'cuda'

describeTrainingBackend({
  name: `onnxruntime on ${device}`,
  prepare: () => createOnnxRuntimeTraining({ device, threads: 1 }).prepare(compiledReferenceModel()),
  skip:
    device === 'webgpu'
      ? [
          {
            reason: 'a gather out of range reads zero on WebGPU instead of failing',
            tests: ['leaves the state as it was when a program fails, and goes on'],
          },
        ]
      : [],
})

async function prepare(model: CompiledModel) {
  const session = await createOnnxRuntimeTraining({ device: 'cpu', threads: 1 }).prepare(model)
  onTestFinished(() => session.dispose())
  return session
}

/** A model of one variable and one phase, which applies an operator to it. */
function modelOf(operator: string, initial: NDArray): CompiledModel {
  const builder = new GraphBuilder('small')
  const value = builder.input('value', initial)
  const next = builder.node(operator, operator === 'Not' ? [value] : [value, value])
  builder.output('next', next, initial)
  builder.output('copy', builder.node('Identity', [next]), initial)
  const program = {
    graph: Uint8Array.from(encodeModel(createModel(builder.build()))),
    reads: [{ state: 'variable', value: 'value' }],
    writes: [{ state: 'variable', value: 'next' }],
    results: ['copy'],
  }
  return {
    name: 'small',
    phases: [{ name: 'phase', feeds: {}, program, every: 1 }],
    functions: [{ name: 'peek', weights: 'raw', inputs: {}, outputs: {}, program }],
    shown: ['peek'],
    variables: { variable: initial },
    layouts: { variable: { dtype: initial.dtype, shape: initial.shape } },
  }
}

describe('createOnnxRuntimeTraining', () => {
  test('moves the variables of a model that gives them away, once', async () => {
    const plain = await prepare(compiledReferenceModel())
    // Numbers of its own: other tests begin with the same ones.
    const variables = structuredClone(compiledReferenceModel().variables)
    const model = { ...compiledReferenceModel(), variables, movesVariables: true }
    const session = await prepare(model)
    expect(await session.readState()).toEqual(await plain.readState())
    expect(Object.values(model.variables).map(({ data }) => data.length)).toEqual(
      Object.values(model.variables).map(() => 0),
    )
    await expect(prepare(model)).rejects.toMatchObject({
      code: 'MODEL_USED_UP',
      message: expect.stringMatching(/moveVariables.*Compile it again/),
    })
  })

  test('tells its device before a model is prepared', async () => {
    await expect(createOnnxRuntimeTraining({ device: 'cpu' }).device()).resolves.toBe('cpu')
    await expect(createOnnxRuntimeTraining({ device: 'cpu', threads: 0 }).device()).rejects.toMatchObject({
      code: 'THREADS_INVALID',
    })
  })

  test.each<[dtype: DType, operator: string, before: TypedArray, after: TypedArray]>([
    ['float32', 'Add', Float32Array.of(0.1), Float32Array.of(0.2)],
    ['float64', 'Add', Float64Array.of(0.1), Float64Array.of(0.2)],
    ['int32', 'Add', Int32Array.of(-3), Int32Array.of(-6)],
    ['int64', 'Add', BigInt64Array.of(2n ** 40n), BigInt64Array.of(2n ** 41n)],
    ['bool', 'Not', Uint8Array.of(1), Uint8Array.of(0)],
  ])('carries %s scalars both ways', async (dtype, operator, before, after) => {
    const session = await prepare(modelOf(operator, ndarray(dtype, [], before)))
    expect((await session.evaluate('peek', {})).copy).toEqual({ dtype, shape: [], data: after })
    expect(await session.run('phase', {})).toEqual({ copy: Number(after[0]) })
    expect((await session.readState()).variable).toEqual({ dtype, shape: [], data: after })
  })

  test('refuses results that are no scalars, and undoes the run', async () => {
    const session = await prepare(modelOf('Add', float32([2], [1, 2])))
    await expect(session.run('phase', {})).rejects.toThrow(
      "Phase 'phase': 'copy' is float32[2] but a phase returns scalars.",
    )
    expect((await session.readState()).variable!.data).toEqual(Float32Array.of(1, 2))
  })

  test('keeps the initial values of the model as they were', async () => {
    const model = modelOf('Add', float32([], [1]))
    const session = await prepare(model)
    await session.run('phase', {})
    expect(model.variables.variable!.data).toEqual(Float32Array.of(1))
  })

  test('names the graph that cannot be loaded, and the value that a program lacks', async () => {
    const model = modelOf('Add', float32([], [1]))
    const withProgram = (change: object): CompiledModel => ({
      ...model,
      phases: model.phases.map((phase) => ({ ...phase, program: { ...phase.program, ...change } })),
    })
    await expect(prepare(withProgram({ graph: Uint8Array.of(1, 2, 3) }))).rejects.toThrow(
      expect.objectContaining({ code: 'MODEL_UNREADABLE', message: expect.stringContaining("Phase 'phase'") }),
    )
    await expect(prepare(withProgram({ results: ['loss'] }))).rejects.toThrow(
      "Phase 'phase' names the graph output 'loss', which is not among: next, copy.",
    )
    await expect(prepare({ ...model, variables: {} })).rejects.toThrow(
      expect.objectContaining({ code: 'STATE_MISMATCH' }),
    )
  })

  test('refuses a number of threads that is none', async () => {
    const backend = createOnnxRuntimeTraining({ threads: 0.5 })
    await expect(backend.prepare(modelOf('Add', float32([], [1])))).rejects.toThrow(/threads is 0\.5/)
  })
})
