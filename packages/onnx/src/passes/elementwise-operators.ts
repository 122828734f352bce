import { attribute, type Node } from '../graph.ts'

/** Operators with one input that treat every element alike, wherever it lies. */
const UNARY = new Set([
  ...[
    'Abs',
    'Acos',
    'Acosh',
    'Asin',
    'Asinh',
    'Atan',
    'Atanh',
    'Cast',
    'Ceil',
    'Celu',
    'Cos',
    'Cosh',
    'Elu',
    'Erf',
    'Exp',
  ],
  ...['Floor', 'HardSigmoid', 'HardSwish', 'IsInf', 'IsNaN', 'LeakyRelu', 'Log', 'Neg', 'Not', 'Reciprocal', 'Relu'],
  ...[
    'Round',
    'Selu',
    'Sigmoid',
    'Sign',
    'Sin',
    'Sinh',
    'Softplus',
    'Softsign',
    'Sqrt',
    'Tan',
    'Tanh',
    'ThresholdedRelu',
  ],
])

/** Operators that combine operands element by element, with broadcasting. */
const BROADCASTING = new Set([
  ...[
    'Add',
    'And',
    'Div',
    'Equal',
    'Greater',
    'GreaterOrEqual',
    'Less',
    'LessOrEqual',
    'Max',
    'Min',
    'Mod',
    'Mul',
    'Or',
  ],
  ...['PRelu', 'Pow', 'Sub', 'Where', 'Xor'],
])

/** Whether every element is treated alike, so that the elements may be laid out otherwise before. */
export function isUnary({ operator, domain, inputs }: Node): boolean {
  // The limits of Clip are scalars.
  return domain === undefined && ((UNARY.has(operator) && inputs.length === 1) || operator === 'Clip')
}

export function isBroadcasting({ operator, domain }: Node): boolean {
  return domain === undefined && BROADCASTING.has(operator)
}

/** The order of a Transpose whose rank is known. */
export function permutationOf({ attributes }: Node, rank: number): readonly number[] {
  const { perm } = attributes
  return perm?.type === 'ints' ? perm.value : Array.from({ length: rank }, (_, axis) => rank - 1 - axis)
}

/** A Transpose node. */
export function transposeNode(name: string, input: string, output: string, permutation: readonly number[]): Node {
  return {
    operator: 'Transpose',
    name,
    inputs: [input],
    outputs: [output],
    attributes: { perm: attribute.ints(permutation) },
  }
}
