import { attribute, type Node } from '../graph.ts'
import { int64Vector } from '../int64-vector.ts'
import { type Change, hasOutput, intOf, type Upgrade, type UpgradeContext, without } from './upgrade.ts'

/** `TensorProto.DataType`, by the names that Cast took before it took numbers. */
const DATA_TYPES = [
  ...['UNDEFINED', 'FLOAT', 'UINT8', 'INT8', 'UINT16', 'INT16', 'INT32', 'INT64', 'STRING', 'BOOL', 'FLOAT16'],
  ...['DOUBLE', 'UINT32', 'UINT64', 'COMPLEX64', 'COMPLEX128'],
]

const cast: Upgrade = (node) => {
  const { to } = node.attributes
  if (to?.type === 'int') return [node]
  const code = to?.type === 'string' ? DATA_TYPES.indexOf(to.value.toUpperCase()) : -1
  return code < 1 ? undefined : [{ ...node, attributes: { ...node.attributes, to: attribute.int(code) } }]
}

/** The node with axes of length one after the axes of its second input. */
function widened(node: Node, rank: number, count: number, context: UpgradeContext): readonly Node[] {
  const name = context.freshName(`${node.outputs[0]}_aligned`)
  const axes = Array.from({ length: count }, (_, index) => rank + index)
  const unsqueeze: Node = {
    operator: 'Unsqueeze',
    name,
    inputs: [node.inputs[1]!, context.addConstant(`${name}_axes`, int64Vector(axes))],
    outputs: [name],
    attributes: {},
  }
  return [unsqueeze, { ...node, inputs: [node.inputs[0]!, name] }]
}

/** The second operand lay on the axes of the first from `axis` on, or on its last ones. */
const broadcasting: Upgrade = (node, context) => {
  const plain = { ...node, attributes: without(node.attributes, 'axis', 'broadcast') }
  if (intOf(node, 'broadcast', 0) !== 1 || node.attributes.axis === undefined) return [plain]
  const [rank, own] = [0, 1].map((index) => context.spec(node.inputs[index])?.shape.length)
  if (rank === undefined || own === undefined) return undefined
  const axis = intOf(node, 'axis', 0)
  const after = rank - (axis < 0 ? axis + rank : axis) - own
  return after <= 0 ? [plain] : widened(plain, own, after, context)
}

/** A vector of slopes was one a channel, whatever the last axis. */
const parametricRelu: Upgrade = (node, context) => {
  const [shape, slope] = [context.spec(node.inputs[0])?.shape, context.spec(node.inputs[1])?.shape]
  if (shape === undefined || slope === undefined) return undefined
  return slope.length === 1 && slope[0] !== 1 && shape.length > 2 ? widened(node, 1, shape.length - 2, context) : [node]
}

/** Nothing was dropped outside training. What the mask holds then, versions and engines do not agree on. */
const dropout: Upgrade = (node, { opset }) => {
  if (hasOutput(node, 1) || (opset < 7 && intOf(node, 'is_test', 0) !== 1)) return undefined
  return [{ ...node, operator: 'Identity', outputs: [node.outputs[0]!], attributes: {} }]
}

const selu: Upgrade = (node) => {
  const defaults = { alpha: attribute.float(1.6732), gamma: attribute.float(1.0507) }
  return [{ ...node, attributes: { ...defaults, ...node.attributes } }]
}

const gemm: Upgrade = (node) => [{ ...node, attributes: without(node.attributes, 'broadcast') }]

const binary = { below: 7, upgrade: broadcasting }

/** Operators that work element by element. */
export const elementwiseChanges: Readonly<Record<string, Change>> = {
  Add: binary,
  And: binary,
  Cast: { below: 6, upgrade: cast },
  Div: binary,
  Dropout: { below: 12, upgrade: dropout },
  Equal: binary,
  Gemm: { below: 7, upgrade: gemm },
  Greater: binary,
  Less: binary,
  Mul: binary,
  Or: binary,
  PRelu: { below: 7, upgrade: parametricRelu },
  Pow: binary,
  Selu: { below: 6, upgrade: selu },
  Sub: binary,
  Xor: binary,
}
