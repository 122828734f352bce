import { float32, type NDArray, ndarray } from '@gantry/core'
import { attribute, type Node } from '../graph.ts'
import { int64Vector } from '../int64-vector.ts'
import { type Change, intOf, type Upgrade, type UpgradeContext, without } from './upgrade.ts'

/** The node with a list of integers as an input that was an attribute; as it is where it has none. */
function asInput(node: Node, name: string, index: number, context: UpgradeContext): Node {
  const list = node.attributes[name]
  if (list?.type !== 'ints') return node
  const inputs = [...node.inputs]
  while (inputs.length < index) inputs.push('')
  inputs[index] = context.addConstant(`${node.outputs[0]}_${name}`, int64Vector(list.value))
  return { ...node, inputs, attributes: without(node.attributes, name) }
}

const axesAsInput: Upgrade = (node, context) => [asInput(node, 'axes', 1, context)]

const split: Upgrade = (node, context) => [asInput(node, 'split', 1, context)]

const reshape: Upgrade = (node, context) => [asInput(node, 'shape', 1, context)]

const slice: Upgrade = (node, context) => {
  const lists = ['starts', 'ends', 'axes']
  return [lists.reduce((changed, name, index) => asInput(changed, name, index + 1, context), node)]
}

const topK: Upgrade = (node, context) => {
  const count = context.addConstant(`${node.outputs[0]}_k`, int64Vector([intOf(node, 'k', 0)]))
  return [{ ...node, inputs: [node.inputs[0]!, count], attributes: without(node.attributes, 'k') }]
}

/** The first version called its pads `paddings`. */
const pad: Upgrade = (node, context) => {
  const { paddings, pads = paddings, value } = node.attributes
  if (pads?.type !== 'ints') return undefined
  const named = { ...node, attributes: { ...without(node.attributes, 'paddings', 'value'), pads } }
  const [padded, fill] = [asInput(named, 'pads', 1, context), value?.type === 'float' ? value.value : 0]
  if (fill === 0) return [padded]
  const number = scalarLike(node.inputs[0], fill, context)
  if (number === undefined) return undefined
  return [{ ...padded, inputs: [...padded.inputs, context.addConstant(`${node.outputs[0]}_value`, number)] }]
}

/** Limits of any dtype but the input's own cannot be written. */
const clip: Upgrade = (node, context) => {
  const { min, max } = node.attributes
  const limits = [min, max].map((limit) =>
    limit?.type === 'float' ? scalarLike(node.inputs[0], limit.value, context) : undefined,
  )
  if ((min !== undefined) !== (limits[0] !== undefined) || (max !== undefined) !== (limits[1] !== undefined)) {
    return undefined
  }
  const names = limits.map((limit, index) =>
    limit === undefined ? '' : context.addConstant(`${node.outputs[0]}_${index === 0 ? 'min' : 'max'}`, limit),
  )
  while (names.at(-1) === '') names.pop()
  return [{ ...node, inputs: [node.inputs[0]!, ...names], attributes: without(node.attributes, 'min', 'max') }]
}

/** A scalar of the dtype of a value of floats. */
function scalarLike(name: string | undefined, value: number, context: UpgradeContext): NDArray | undefined {
  switch (context.spec(name)?.dtype) {
    case 'float32':
      return float32([], [value])
    case 'float64':
      return ndarray('float64', [], Float64Array.of(value))
    default:
      return undefined
  }
}

const concat: Upgrade = (node) => [
  { ...node, attributes: { ...node.attributes, axis: attribute.int(intOf(node, 'axis', 1)) } },
]

/** Operators that took lists and numbers as attributes before they took them as inputs. */
export const listChanges: Readonly<Record<string, Change>> = {
  Clip: { below: 11, upgrade: clip },
  Concat: { below: 4, upgrade: concat },
  Pad: { below: 11, upgrade: pad },
  ReduceSum: { below: 13, upgrade: axesAsInput },
  Reshape: { below: 5, upgrade: reshape },
  Slice: { below: 10, upgrade: slice },
  Split: { below: 13, upgrade: split },
  Squeeze: { below: 13, upgrade: axesAsInput },
  TopK: { below: 10, upgrade: topK },
  Unsqueeze: { below: 13, upgrade: axesAsInput },
}
