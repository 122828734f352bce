import { sizeOfShape } from '@gantry/core'
import { calls, type Graph, type Node } from '../../graph.ts'
import { GraphEdit } from '../graph-edit.ts'

/**
 * Multiplies scalars with each other rather than each with a large value: `((x / s) / y) · t` becomes `(x / y) · (t / s)`.
 *
 * Adam as TF.js writes it divides both moments by a scalar. The second one stands below a root, beside the small number that
 * keeps the divisor from zero: `p / (√(v / s) + ε) · t` becomes `p / (√v + ε·√s) · (t·√s)`. For numbers, that presumes s > 0.
 */
export function foldScalarFactors(graph: Graph): Graph {
  const edit = new GraphEdit(graph)
  for (const node of graph.nodes) {
    if (edit.isReplaced(node)) continue
    const scaled = scaling(edit, node)
    if (scaled !== undefined) fold(edit, node, scaled)
  }
  return edit.finish()
}

/** A value times or divided by a scalar. */
interface Scaling {
  readonly value: string
  readonly scalar: string
  readonly operator: 'Mul' | 'Div'
}

function isScalar(edit: GraphEdit, name: string): boolean {
  const shape = edit.spec(name)?.shape
  return shape?.every((length) => length === 1) === true
}

/** Whether a value is worth the trouble: not a scalar itself. */
function isLarge(edit: GraphEdit, name: string): boolean {
  const spec = edit.spec(name)
  const numbers = spec?.shape.every((length) => typeof length === 'number') ? sizeOfShape(spec.shape as number[]) : 2
  return spec?.dtype === 'float32' && numbers > 1
}

function scaling(edit: GraphEdit, { operator, domain, inputs }: Node): Scaling | undefined {
  if (domain !== undefined || (operator !== 'Mul' && operator !== 'Div')) return undefined
  const [left, right] = inputs as [string, string]
  if (isLarge(edit, left) && isScalar(edit, right)) return { value: left, scalar: right, operator }
  if (operator === 'Mul' && isLarge(edit, right) && isScalar(edit, left)) {
    return { value: right, scalar: left, operator }
  }
  return undefined
}

/** The node that writes a value, when only `reader` sees it. */
function ownWriter(edit: GraphEdit, value: string | undefined, reader: Node): Node | undefined {
  const node = edit.writer(value)
  return node !== undefined && node.domain === undefined && edit.soleReader(value!) === reader ? node : undefined
}

function fold(edit: GraphEdit, node: Node, { value, scalar, operator }: Scaling): void {
  const before = ownWriter(edit, value, node)
  if (before === undefined) return
  const shape = edit.spec(node.outputs[0]!)?.shape
  const added: Node[] = []
  const compute = (own: string, ...inputs: string[]) => {
    const name = edit.freshName(own)
    added.push({ operator: own, name, inputs, outputs: [name], attributes: {} })
    return name
  }
  // The factor of everything: `scalar` or its inverse, so that quotients need no scalar of their own.
  let factor: string | undefined
  const times = (own: string, by: 'Mul' | 'Div') => {
    if (operator === 'Mul') factor = compute(by, factor ?? scalar, own)
    // x / s · t is x / (s / t).
    else factor = compute(by === 'Mul' ? 'Div' : 'Mul', factor ?? scalar, own)
  }
  const outer = scaling(edit, before)
  if (outer !== undefined) {
    times(outer.scalar, outer.operator)
    edit.replace(before, [])
    edit.replace(node, [...added, { ...node, operator, inputs: [outer.value, factor!] }])
    return
  }
  if (!calls(before, 'Div') || shape === undefined) return
  let [dividend, divisor] = before.inputs as [string, string]
  const above = ownWriter(edit, dividend, before)
  const inner = above && scaling(edit, above)
  if (above !== undefined && inner !== undefined) {
    times(inner.scalar, inner.operator)
    dividend = inner.value
    edit.replace(above, [])
  }
  const below = ownWriter(edit, divisor, before)
  const root = below && rootOfQuotient(edit, below)
  if (below !== undefined && root !== undefined) {
    const spread = compute('Sqrt', root.scalar)
    times(spread, 'Mul')
    const plain = compute('Sqrt', root.value)
    divisor = compute('Add', plain, compute('Mul', root.epsilon, spread))
    for (const gone of [root.quotient, root.root, below]) edit.replace(gone, [])
  }
  if (factor === undefined) return
  const quotient = edit.freshName('Div')
  edit.replace(before, [])
  edit.replace(node, [
    ...added,
    { ...before, name: quotient, inputs: [dividend, divisor], outputs: [quotient] },
    { ...node, operator, inputs: [quotient, factor] },
  ])
}

/** The parts of √(v / s) + ε. */
function rootOfQuotient(edit: GraphEdit, sum: Node) {
  if (!calls(sum, 'Add')) return undefined
  for (const [left, epsilon] of [sum.inputs, sum.inputs.toReversed()] as [string, string][]) {
    const root = isScalar(edit, epsilon) ? ownWriter(edit, left, sum) : undefined
    const quotient = calls(root, 'Sqrt') ? ownWriter(edit, root.inputs[0], root) : undefined
    const scaled = quotient && scaling(edit, quotient)
    if (root !== undefined && quotient !== undefined && scaled?.operator === 'Div') {
      return { root, quotient, epsilon, ...scaled }
    }
  }
  return undefined
}
