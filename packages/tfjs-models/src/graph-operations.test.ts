import { createOnnxRuntimeInference } from '@gantry/backend-onnxruntime'
import { exportModel } from '@gantry/compiler'
import { ndarray } from '@gantry/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadTfjsModel } from './load-tfjs-model.ts'

type Constant = readonly [dtype: 'float32' | 'int32' | 'bool', shape: readonly number[], numbers: readonly number[]]

const bytesOf = ([dtype, , numbers]: Constant) =>
  Buffer.from({ float32: Float32Array, int32: Int32Array, bool: Uint8Array }[dtype].from(numbers).buffer)

/** What a graph model of one node after its input answers once it is exported. */
async function answer(op: string, attr: object, x: Constant, others: readonly Constant[]): Promise<number[]> {
  const type = { type: x[0] === 'int32' ? 'DT_INT32' : 'DT_FLOAT' }
  const constants = others.map((_, index) => ({ name: `c${index}`, op: 'Const', attr: { dtype: type } }))
  const dim = x[1].map((size) => ({ size: String(size) }))
  const own = constants.map(({ name }) => name)
  // The condition comes first.
  own.splice(op === 'Select' ? 1 : 0, 0, 'x')
  const node = [
    { name: 'x', op: 'Placeholder', attr: { dtype: type, shape: { shape: { dim } } } },
    ...constants,
    { name: 'y', op, input: own, attr: { T: type, ...attr } },
  ]
  const model = await loadTfjsModel({
    path: 'model.json',
    kind: 'graph',
    artifacts: {
      modelTopology: { node, versions: { producer: 1, minConsumer: 1 } },
      weightSpecs: others.map(([dtype, shape], index) => ({ name: `c${index}`, dtype, shape: [...shape] })),
      weightData: Uint8Array.from(Buffer.concat(others.map(bytesOf))).buffer,
    },
  })
  const session = await createOnnxRuntimeInference({ device: 'cpu' }).load(await exportModel(model))
  onTestFinished(() => session.dispose())
  const [dtype, shape, numbers] = x
  const data = dtype === 'int32' ? Int32Array.from(numbers) : Float32Array.from(numbers)
  const { y } = await session.run({ x: ndarray(dtype as 'float32', [...shape], data as Float32Array) })
  return Array.from(y!.data, Number)
}

const int = (...numbers: number[]): Constant => ['int32', [], numbers]
const floats = (shape: readonly number[], ...numbers: number[]): Constant => ['float32', shape, numbers]

// The answers are TensorFlow's definitions, by hand.
describe('an operation that TF.js reads in another way than TensorFlow', () => {
  it('MatrixBandPart keeps as many diagonals above as it says', async () => {
    const x = floats([1, 3, 3], 1, 2, 3, 4, 5, 6, 7, 8, 9)
    expect(await answer('MatrixBandPart', {}, x, [int(-1), int(0)])).toEqual([1, 0, 0, 4, 5, 0, 7, 8, 9])
    expect(await answer('MatrixBandPart', {}, x, [int(0), int(1)])).toEqual([1, 2, 0, 0, 5, 6, 0, 0, 9])
  })

  it('OneHot puts its axis where it says', async () => {
    const [x, others] = [['int32', [2], [2, 0]] as const, [int(3), floats([], 1), floats([], 0)]]
    const attr = (axis: string) => ({ axis: { i: axis }, T: { type: 'DT_FLOAT' } })
    expect(await answer('OneHot', attr('0'), x, others)).toEqual([0, 1, 0, 0, 1, 0])
    expect(await answer('OneHot', attr('-1'), x, others)).toEqual([0, 0, 1, 1, 0, 0])
  })

  it('Mod and Div of whole numbers round toward zero', async () => {
    const [x, y]: Constant[] = [
      ['int32', [4], [7, -7, 7, -7]],
      ['int32', [4], [3, 3, -3, -3]],
    ]
    expect(await answer('Mod', {}, x!, [y!])).toEqual([1, -1, 1, -1])
    expect(await answer('Div', {}, x!, [y!])).toEqual([2, -2, -2, 2])
    expect(await answer('Mod', {}, floats([2], -5.5, 5.5), [floats([2], 2, -2)])).toEqual([-1.5, 1.5])
    expect(await answer('Div', {}, floats([1], -7), [floats([], 2)])).toEqual([-3.5])
  })

  it('BiasAdd adds to channels where they are', async () => {
    const [x, bias] = [floats([1, 2, 1, 2], 0, 0, 0, 0), floats([2], 1, 2)]
    expect(await answer('BiasAdd', { data_format: { s: btoa('NCHW') } }, x, [bias])).toEqual([1, 1, 2, 2])
    expect(await answer('BiasAdd', { data_format: { s: btoa('NHWC') } }, x, [bias])).toEqual([1, 2, 1, 2])
  })

  it('Select chooses rows by one condition each', async () => {
    const others: Constant[] = [['bool', [2], [1, 0]], floats([2, 2], 0, 0, 0, 0)]
    expect(await answer('Select', {}, floats([2, 2], 1, 2, 3, 4), others)).toEqual([1, 2, 0, 0])
  })
})
