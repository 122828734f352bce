import { type CompiledProgram, float32, type NDArray, ndarray, type State } from '@gantry/core'
import { attribute, createModel, encodeModel, GraphBuilder } from '@gantry/onnx'
import { describe, expect, onTestFinished, test } from 'vitest'
import { nativeRuntime } from '#platform/native-runtime'
import { arrayRuntime } from '../array-runtime.ts'
import { copyFeeds } from '../copies.ts'
import type { HostedProgram } from './hosted-program.ts'
import { JoinedPrograms } from './joined-programs.ts'
import { SeparatePrograms } from './separate-programs.ts'

type Bindings = Pick<CompiledProgram, 'reads' | 'writes' | 'results'>

function hosted(name: string, builder: GraphBuilder, bindings: Partial<Bindings> = {}): HostedProgram {
  const graph = encodeModel(createModel(builder.build()))
  return { kind: 'Phase', name, graph, reads: [], writes: [], results: [], ...bindings }
}

const numbers = (shape: readonly number[], seed = 1): NDArray =>
  ndarray(
    'float32',
    shape,
    Float32Array.from({ length: shape.reduce((product, length) => product * length, 1) }, (_, index) =>
      Math.sin(seed * (index + 1)),
    ),
  )

const runtimes = [arrayRuntime, (await nativeRuntime()) ?? arrayRuntime]

/** Runs programs in turn, joined and in a session each, on arrays and natively, and expects that nobody can tell which is which. */
async function expectAlike(programs: HostedProgram[], state: State, feeds: Readonly<Record<string, NDArray>>[]) {
  const settings = { device: 'cpu', threads: 1 } as const
  const kinds = runtimes.flatMap((runtime) =>
    [JoinedPrograms, SeparatePrograms].map((Programs) => ({ runtime, Programs })),
  )
  const loaded = await Promise.all(
    kinds.map(async ({ runtime, Programs }) => {
      const own = await Programs.load(runtime, programs, state, settings)
      onTestFinished(() => own.release())
      const held = new Map(Object.entries(runtime.hold(copyFeeds(state))))
      return async (index: number, arrays: State) => {
        const outputs = await own.run(index, runtime.hold(copyFeeds(arrays)), held)
        return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, runtime.take(name, tensor)]))
      }
    }),
  )
  for (const [index, own] of [...feeds.entries(), ...feeds.entries()]) {
    const [expected, ...others] = await Promise.all(loaded.map((run) => run(index, own)))
    expect(Object.keys(expected!).length).toBeGreaterThan(0)
    for (const other of others) expect(other).toEqual(expected)
  }
}

describe('JoinedPrograms', () => {
  test('keeps programs apart whose values bear the same names, and shares what they read of the state', async () => {
    const kernel = numbers([3, 4])
    const programOf = (name: string, operator: string) => {
      const builder = new GraphBuilder(name)
      const [x, weight] = [builder.input('x', { dtype: 'float32', shape: [2, 3] }), builder.input('weight', kernel)]
      const product = builder.node('MatMul', [x, weight], {}, { name: 'product' })
      builder.output('loss', builder.node('ReduceSum', [product], { keepdims: attribute.int(0) }))
      builder.output('next', builder.node(operator, [weight, builder.constant(float32([], [2]))]))
      return hosted(name, builder, { reads: [{ state: 'kernel', value: 'weight' }], results: ['loss'] })
    }
    const programs = [programOf('grow', 'Mul'), programOf('shrink', 'Div')]
    await expectAlike(programs, { kernel }, [{ x: numbers([2, 3], 2) }, { x: numbers([2, 3], 3) }])
  })

  test('takes feeds and gives results of every dtype and rank, and of any batch', async () => {
    const arrays: Record<string, NDArray> = {
      half: ndarray('float64', [2, 2], Float64Array.of(1, 2, 3, 4)),
      count: ndarray('int32', [], Int32Array.of(7)),
      large: ndarray('int64', [1], BigInt64Array.of(2n ** 40n)),
      mask: ndarray('bool', [3], Uint8Array.of(1, 0, 1)),
      samples: numbers([5, 2]),
    }
    const builder = new GraphBuilder('mirror')
    for (const [name, array] of Object.entries(arrays)) {
      const shape = name === 'samples' ? ['batch', 2] : array.shape
      builder.output(`${name} back`, builder.input(name, { dtype: array.dtype, shape }))
    }
    const other = new GraphBuilder('constant')
    other.output('value', other.constant(numbers([3, 2])))
    await expectAlike([hosted('mirror', builder), hosted('constant', other)], {}, [arrays, {}])
  })

  test('leaves control flow inside a program as it is', async () => {
    const branch = (name: string, operator: string) => {
      const body = new GraphBuilder(name)
      body.output('result', body.node(operator, [body.input('outer', { dtype: 'float32', shape: [4] })]))
      return attribute.graph({ ...body.build(), inputs: [] })
    }
    const builder = new GraphBuilder('choose')
    const outer = builder.node('Neg', [builder.input('x', { dtype: 'float32', shape: [4] })], {}, { name: 'outer' })
    const positive = builder.node('Greater', [
      builder.node('ReduceSum', [outer], { keepdims: attribute.int(0) }),
      builder.constant(float32([], [0])),
    ])
    const chosen = builder.node('If', [positive], {
      then_branch: branch('then', 'Exp'),
      else_branch: branch('else', 'Abs'),
    })
    builder.output('y', chosen, { dtype: 'float32', shape: [4] })
    const program = hosted('choose', builder)
    await expectAlike([program, program], {}, [{ x: float32([4], [1, 2, 3, 4]) }, { x: float32([4], [-1, -2, 3, -4]) }])
  })

  test('computes large values alike, though it hides their shapes', async () => {
    const builder = new GraphBuilder('large')
    const shape = (...lengths: number[]) =>
      builder.constant(ndarray('int64', [lengths.length], BigInt64Array.from(lengths, BigInt)))
    const x = builder.input('x', { dtype: 'float32', shape: [16, 8, 8, 16] })
    const flat = builder.node('Reshape', [x, shape(128, 128)])
    const product = builder.node('Gemm', [builder.initializer('left', numbers([64, 128])), flat])
    const images = builder.node('Reshape', [product, shape(8, 8, 8, 16)])
    const halved = builder.node('Mul', [images, builder.constant(float32([16], new Array(16).fill(0.5)))])
    const sum = builder.node('Add', [builder.node('Relu', [halved]), images])
    const turned = builder.node('Reshape', [sum, shape(64, 128)])
    builder.output('both', builder.node('Gemm', [turned, turned], { transA: attribute.int(1) }))
    builder.output('mean', builder.node('ReduceMean', [sum]))
    await expectAlike([hosted('large', builder)], {}, [{ x: numbers([16, 8, 8, 16]) }])
  })
})
