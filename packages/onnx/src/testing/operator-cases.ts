import { float32, type NDArray, ndarray, type TensorSpec } from '@gantry/core'
import { type Attributes, attribute } from '../graph.ts'
import { integer, integers } from './run-graph.ts'

/** A tensor that is fed, a constant, or an optional input that is absent. */
type Operand = TensorSpec | NDArray | undefined

/** One call of an operator, the outputs of which ONNX Runtime and shape inference must agree on. */
export interface OperatorCase {
  readonly operator: string
  readonly operands: readonly Operand[]
  readonly attributes?: Attributes
  readonly outputs?: number
  /** Why the checker of onnx 1.12 infers something else than ONNX Runtime computes. */
  readonly checkerDiffers?: string
}

const { int, ints, float, string, tensor } = attribute

function f32(...shape: readonly number[]): TensorSpec {
  return { dtype: 'float32', shape }
}

function i64(...shape: readonly number[]): TensorSpec {
  return { dtype: 'int64', shape }
}

function bool(...shape: readonly number[]): TensorSpec {
  return { dtype: 'bool', shape }
}

function call(operator: string, operands: readonly Operand[], attributes?: Attributes, outputs?: number): OperatorCase {
  return { operator, operands, ...(attributes && { attributes }), ...(outputs && { outputs }) }
}

const unary = [
  ...['Abs', 'Acos', 'Acosh', 'Asin', 'Asinh', 'Atan', 'Atanh', 'Ceil', 'Celu', 'Cos', 'Cosh', 'Elu', 'Erf', 'Exp'],
  ...['Floor', 'HardSigmoid', 'HardSwish', 'Identity', 'IsInf', 'IsNaN', 'LeakyRelu', 'Log', 'LogSoftmax', 'Neg'],
  ...[
    'Reciprocal',
    'Relu',
    'Round',
    'Selu',
    'Sigmoid',
    'Sign',
    'Sin',
    'Sinh',
    'Softmax',
    'Softplus',
    'Softsign',
    'Sqrt',
  ],
  ...['Hardmax', 'Tan', 'Tanh', 'ThresholdedRelu', 'Dropout'],
].map((operator) => call(operator, [f32(2, 3)]))

const binary = ['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Min', 'Max', 'Mean', 'Sum'].flatMap((operator) => [
  call(operator, [f32(2, 3), f32(2, 3)]),
  call(operator, [f32(2, 1, 4), f32(3, 1)]),
  call(operator, [f32(), f32(5)]),
])

const comparisons = ['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'].map((operator) =>
  call(operator, [f32(2, 1), f32(3)]),
)

const logical = ['And', 'Or', 'Xor'].map((operator) => call(operator, [bool(2, 1), bool(3)]))

const elementwise = [
  ...unary,
  ...binary,
  ...comparisons,
  ...logical,
  call('Not', [bool(2, 3)]),
  call('Mod', [i64(4), i64(1)]),
  call('Mod', [f32(4), f32(1)], { fmod: int(1) }),
  call('Pow', [f32(2, 3), i64(3)]),
  call('Max', [f32(2, 1), f32(3), f32()]),
  call('Cast', [f32(2, 3)], { to: int(7) }),
  call('Cast', [bool(2, 3)], { to: int(1) }),
  call('Clip', [f32(2, 3), float32([], [0]), float32([], [1])]),
  call('PRelu', [f32(2, 3, 4), f32(3, 1)]),
  call('CumSum', [f32(2, 3), integer(1)]),
  call('Softmax', [f32(2, 3, 4)], { axis: int(1) }),
  call('Where', [bool(2, 1), f32(3), f32(1, 1)]),
  call('Dropout', [f32(2, 3)], {}, 2),
  call('Trilu', [f32(3, 3)]),
]

const movement = [
  call('Reshape', [f32(2, 3, 4), integers(6, 4)]),
  call('Reshape', [f32(2, 3, 4), integers(-1, 12)]),
  call('Reshape', [f32(2, 3, 4), integers(0, -1)]),
  call('Reshape', [f32(2, 3, 4), integers(4, -1, 2)]),
  call('Reshape', [f32(1), integers()]),
  call('Reshape', [f32(0, 3), integers(3, 0)], { allowzero: int(1) }),
  call('Flatten', [f32(2, 3, 4)], { axis: int(2) }),
  call('Transpose', [f32(2, 3, 4)]),
  call('Transpose', [f32(2, 3, 4)], { perm: ints([1, 2, 0]) }),
  call('Expand', [f32(2, 1), integers(3, 1, 4)]),
  call('Expand', [f32(3), integers(2, 3)]),
  call('Tile', [f32(2, 3), integers(2, 1)]),
  call('Squeeze', [f32(1, 3, 1), integers(0, -1)]),
  call('Squeeze', [f32(1, 3, 1)]),
  call('Unsqueeze', [f32(2, 3), integers(0, -1)]),
  call('DepthToSpace', [f32(2, 8, 3, 4)], { blocksize: int(2) }),
  call('SpaceToDepth', [f32(2, 3, 4, 6)], { blocksize: int(2) }),
]

const slicing = [
  call('Slice', [f32(5, 6), integers(1), integers(4)]),
  call('Slice', [f32(5, 6), integers(1, -3), integers(-1, 2 ** 40), integers(0, 1)]),
  call('Slice', [f32(5, 6), integers(0), integers(2 ** 31 - 1), integers(1), integers(4)]),
  call('Slice', [f32(5, 6), integers(-1), integers(-(2 ** 31)), integers(1), integers(-1)]),
  call('Slice', [f32(5, 6), integers(-1), integers(-6), integers(1), integers(-2)]),
  call('Slice', [f32(5, 6), integers(4), integers(2), integers(0)]),
  call('Slice', [f32(5, 6), integers(1), integers(-1), integers(0), integers(2)]),
  call('Concat', [f32(2, 3), f32(4, 3)], { axis: int(0) }),
  call('Concat', [f32(2, 3), f32(2, 1), f32(2, 2)], { axis: int(-1) }),
  call('Split', [f32(6, 2), integers(1, 2, 3)], { axis: int(0) }, 3),
  call('Split', [f32(2, 6)], { axis: int(-1) }, 3),
  call('Pad', [f32(2, 3), integers(1, 0, 2, 3)]),
  call('Pad', [f32(1, 1, 4, 4), integers(0, 0, 1, -1, 0, 0, 0, -2)]),
  call('Pad', [f32(1, 1, 4, 4), integers(0, 0, 1, 2, 0, 0, 3, 0)], { mode: string('reflect') }),
]

const indexing = [
  call('Gather', [f32(4, 3), integers(0, 2)]),
  call('Gather', [f32(4, 3), integer(1)], { axis: int(-1) }),
  call('Gather', [f32(4, 3, 2), i64(2, 2)], { axis: int(1) }),
  call('GatherElements', [f32(4, 3), i64(2, 3)], { axis: int(0) }),
  call('GatherND', [f32(4, 4, 5), i64(3, 2)]),
  call('GatherND', [f32(2, 4, 5), i64(2, 1)], { batch_dims: int(1) }),
  call('ScatterND', [f32(4, 5), integers(0, 2), f32(2, 5)].with(1, ndarray('int64', [2, 1], BigInt64Array.of(0n, 2n)))),
  call('ScatterElements', [f32(4, 3), i64(2, 3), f32(2, 3)]),
  call('OneHot', [i64(2, 3), integer(5), f32(2)]),
  call('OneHot', [i64(2, 3), integers(5), f32(2)], { axis: int(0) }),
  call('TopK', [f32(4, 5), integers(2)], {}, 2),
  call('TopK', [f32(4, 5), integers(3)], { axis: int(0) }, 2),
  call('NonZero', [float32([2, 3], [1, 0, 2, 0, 0, 1])]),
]

const reductions = ['L1', 'L2', 'LogSum', 'LogSumExp', 'Max', 'Mean', 'Min', 'Prod', 'SumSquare'].flatMap((kind) => [
  call(`Reduce${kind}`, [f32(2, 3, 4)]),
  call(`Reduce${kind}`, [f32(2, 3, 4)], { axes: ints([0, -1]), keepdims: int(0) }),
  call(`Reduce${kind}`, [f32(2, 3, 4)], { axes: ints([1]), keepdims: int(1) }),
])

const reduction = [
  ...reductions,
  call('ReduceSum', [f32(2, 3, 4)]),
  call('ReduceSum', [f32(2, 3, 4), integers(0, -1)], { keepdims: int(0) }),
  call('ReduceSum', [f32(2, 3, 4), integers(1)]),
  call('ReduceSum', [f32(2, 3, 4), integers()], { noop_with_empty_axes: int(1) }),
  call('ArgMax', [f32(2, 3)]),
  call('ArgMax', [f32(2, 3)], { axis: int(-1), keepdims: int(0) }),
  call('ArgMin', [f32(2, 3)], { axis: int(1) }),
]

const linearAlgebra = [
  call('MatMul', [f32(2, 3), f32(3, 4)]),
  call('MatMul', [f32(5, 1, 2, 3), f32(6, 3, 4)]),
  call('MatMul', [f32(3), f32(3, 4)]),
  call('MatMul', [f32(5, 2, 3), f32(3)]),
  call('MatMul', [f32(3), f32(3)]),
  call('Gemm', [f32(2, 3), f32(3, 4), f32(4)]),
  call('Gemm', [f32(3, 2), f32(4, 3)], { transA: int(1), transB: int(1), alpha: float(0.5) }),
  call('Einsum', [f32(2, 3, 4), f32(2, 4, 5)], { equation: string('bij,bjk->bik') }),
  call('Einsum', [f32(3, 3)], { equation: string('ii->i') }),
  call('Einsum', [f32(2, 3), f32(3, 4)], { equation: string('ij,jk') }),
]

const convolution = [
  call('Conv', [f32(2, 3, 8, 9), f32(4, 3, 3, 3)]),
  call('Conv', [f32(2, 3, 8, 9), f32(4, 3, 5, 3), f32(4)], { strides: ints([2, 3]), pads: ints([2, 0, 1, 1]) }),
  call('Conv', [f32(2, 4, 9, 9), f32(6, 2, 3, 3)], { group: int(2), dilations: ints([2, 3]) }),
  call('Conv', [f32(2, 3, 7, 8), f32(4, 3, 3, 4)], { auto_pad: string('SAME_UPPER'), strides: ints([2, 2]) }),
  call('Conv', [f32(2, 3, 7, 8), f32(4, 3, 3, 4)], { auto_pad: string('VALID'), strides: ints([2, 2]) }),
  call('Conv', [f32(2, 3, 7), f32(4, 3, 3)]),
  call('ConvTranspose', [f32(2, 3, 4, 5), f32(3, 6, 3, 3)]),
  call('ConvTranspose', [f32(2, 3, 4, 5), f32(3, 6, 5, 4), f32(6)], {
    strides: ints([2, 3]),
    pads: ints([2, 1, 1, 0]),
    output_padding: ints([1, 0]),
  }),
  call('ConvTranspose', [f32(2, 4, 4, 4), f32(4, 3, 3, 3)], { group: int(2), dilations: ints([2, 1]) }),
  call('ConvTranspose', [f32(2, 3, 4, 4), f32(3, 6, 5, 5)], { auto_pad: string('SAME_UPPER'), strides: ints([2, 2]) }),
  call('ConvTranspose', [f32(2, 3, 4, 4), f32(3, 6, 5, 5)], { output_shape: ints([8, 8]), strides: ints([2, 2]) }),
]

const pooling = ['AveragePool', 'MaxPool', 'LpPool'].flatMap((operator) => [
  call(operator, [f32(2, 3, 8, 9)], { kernel_shape: ints([2, 3]) }),
  call(operator, [f32(2, 3, 8, 9)], { kernel_shape: ints([3, 2]), strides: ints([2, 3]), pads: ints([1, 0, 2, 1]) }),
  call(operator, [f32(2, 3, 7, 8)], {
    kernel_shape: ints([3, 3]),
    auto_pad: string('SAME_LOWER'),
    strides: ints([2, 2]),
  }),
])

const poolings = [
  ...pooling,
  call('MaxPool', [f32(2, 3, 7, 8)], { kernel_shape: ints([2, 2]), strides: ints([2, 3]), ceil_mode: int(1) }, 2),
  {
    operator: 'MaxPool',
    operands: [f32(1, 1, 5, 6)],
    attributes: {
      kernel_shape: ints([2, 2]),
      strides: ints([5, 3]),
      ceil_mode: int(1),
      pads: ints([0, 0, 1, 1]),
    },
    checkerDiffers: 'it counts a window that starts in the padding, which the specification has since ruled out',
  },
  call('MaxPool', [f32(1, 1, 9, 9)], { kernel_shape: ints([3, 3]), dilations: ints([2, 3]) }),
  call('GlobalAveragePool', [f32(2, 3, 4, 5)]),
  call('GlobalMaxPool', [f32(2, 3, 4, 5)]),
]

const normalization = [
  call('BatchNormalization', [f32(2, 3, 4, 4), f32(3), f32(3), f32(3), f32(3)]),
  call('BatchNormalization', [f32(2, 3, 4), f32(3), f32(3), f32(3), f32(3)], { training_mode: int(1) }, 3),
  call('InstanceNormalization', [f32(2, 3, 4, 4), f32(3), f32(3)]),
  call('LayerNormalization', [f32(2, 3, 4), f32(4), f32(4)]),
  call('LayerNormalization', [f32(2, 3, 4), f32(3, 4)], { axis: int(1) }, 3),
]

const resizing = [
  call('Resize', [f32(1, 2, 3, 4), undefined, float32([4], [1, 1, 2, 2.5])]),
  call('Resize', [f32(1, 2, 3, 4), undefined, undefined, integers(1, 2, 5, 2)], { mode: string('linear') }),
  call('Resize', [f32(2, 2, 3, 4), float32([0], []), float32([4], [1, 1, 2, 2])], {
    mode: string('nearest'),
    coordinate_transformation_mode: string('asymmetric'),
  }),
]

const creation = [
  call('Shape', [f32(2, 3, 4)]),
  call('Shape', [f32(2, 3, 4)], { start: int(-2), end: int(2) }),
  call('Size', [f32(2, 3)]),
  call('Range', [integer(1), integer(10), integer(4)]),
  call('Range', [float32([], [3]), float32([], [0]), float32([], [-0.5])]),
  call('ConstantOfShape', [integers(2, 3)]),
  call('ConstantOfShape', [integers(2)], { value: tensor(integers(7)) }),
  call('Constant', [], { value: tensor(float32([2, 2], [1, 2, 3, 4])) }),
  call('Constant', [], { value_ints: ints([1, 2]) }),
  call('RandomNormal', [], { shape: ints([2, 3]) }),
  call('RandomUniformLike', [f32(2, 3)]),
]

const recurrent = [
  call('LSTM', [f32(5, 2, 3), f32(1, 16, 3), f32(1, 16, 4)], { hidden_size: int(4) }, 3),
  call(
    'GRU',
    [f32(5, 2, 3), f32(2, 12, 3), f32(2, 12, 4)],
    { hidden_size: int(4), direction: string('bidirectional') },
    2,
  ),
]

/** Every operator that shape inference knows, with attributes that matter to shapes. */
export const operatorCases: readonly OperatorCase[] = [
  ...elementwise,
  ...movement,
  ...slicing,
  ...indexing,
  ...reduction,
  ...linearAlgebra,
  ...convolution,
  ...poolings,
  ...normalization,
  ...resizing,
  ...creation,
  ...recurrent,
]
