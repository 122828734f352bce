import { type Dimension, type NDArray, ndarray, sizeOfShape, type TensorSpec } from '@gantry/core'
import { evaluateNode } from '../folding/evaluate-node.ts'
import { type Body, calls, holdsOpaque, isOpaquePort, type Node } from '../graph.ts'
import { constantOf } from './constant.ts'
import { type KnownValues, NodeContext } from './node-context.ts'
import { inferences } from './registry.ts'
import { ScopedMap } from './scoped-map.ts'
import { propagateVector, vectorOf } from './shape-values.ts'

/** Elements of all inputs up to which constants are computed on the way: shapes, axes, scales. */
const COMPUTED_SIZE = 1024
/** Bytes that a computed value may take. */
const COMPUTED_BYTES = 1024

/** Longest text of a length. Expressions longer than that say nothing that anybody compares. */
const LONGEST_EXPRESSION = 200

/** What is known of the values of a graph, while its nodes are visited in the order in which they run. */
export class ShapeAnalysis implements KnownValues {
  readonly specs: ScopedMap<TensorSpec>
  readonly arrays: ScopedMap<NDArray>
  readonly vectors: ScopedMap<readonly Dimension[]>
  /** Specs of what nodes write. */
  readonly valueSpecs = new Map<string, TensorSpec>()
  readonly #declared: ReadonlyMap<string, TensorSpec>

  /** @param outer what is known where the graph is the body of a control-flow node */
  constructor({ inputs, initializers, valueSpecs }: Body, outer?: ShapeAnalysis) {
    this.specs = new ScopedMap(outer?.specs)
    this.arrays = new ScopedMap(outer?.arrays)
    this.vectors = new ScopedMap(outer?.vectors)
    this.#declared = valueSpecs
    for (const input of inputs) {
      this.#hide(input.name)
      if (!isOpaquePort(input)) this.specs.set(input.name, input)
    }
    for (const [name, array] of initializers) this.learn(name, array)
  }

  #hide(name: string): void {
    for (const known of [this.specs, this.arrays, this.vectors]) known.hide(name)
  }

  /** The content of a value. */
  learn(name: string, array: NDArray): void {
    this.arrays.set(name, array)
    this.specs.set(name, array)
    const vector = vectorOf(array)
    if (vector !== undefined) this.vectors.set(name, vector)
  }

  /**
   * Infers what a node writes.
   *
   * @param opaque the node's operator does not mean what its name says: only what the file declares is believed
   */
  visit(node: Node, opaque = node.domain !== undefined || holdsOpaque(node)): void {
    const context = new NodeContext(node, this)
    const infer = opaque ? undefined : inferences.get(node.operator)
    const operandsKnown = node.inputs.every((name) => name === '' || this.specs.has(name))
    const inferred = operandsKnown ? infer?.(context) : undefined
    const branches = !opaque && calls(node, 'If') ? this.#inferBranches(node, context) : undefined
    for (const [index, name] of node.outputs.entries()) {
      const spec = inferred?.[index] ?? this.#declared.get(name) ?? branches?.[index]
      if (name === '' || spec === undefined) continue
      const { dtype } = spec
      const shape = spec.shape.map((length, axis) => (isLength(length) ? length : context.fresh(axis, index)))
      this.specs.set(name, { dtype, shape })
      this.valueSpecs.set(name, { dtype, shape })
    }
    if (inferred?.[0] !== undefined) this.#learnContent(node, context, inferred)
  }

  /** What either branch of an If may return, where both say the same of it. */
  #inferBranches({ attributes }: Node, context: NodeContext): readonly (TensorSpec | undefined)[] {
    const [taken, other] = ['then_branch', 'else_branch'].map((name) => {
      const branch = attributes[name]
      return branch?.type === 'graph' ? this.#outputsOf(branch.value) : []
    }) as [readonly (TensorSpec | undefined)[], readonly (TensorSpec | undefined)[]]
    return taken.map((left, output) => {
      const right = other[output]
      if (left?.dtype !== right?.dtype || left?.shape.length !== right?.shape.length) return undefined
      const join = (length: Dimension, axis: number) =>
        // Two branches may call lengths of their own the same.
        typeof length === 'number' && length === right!.shape[axis] ? length : context.fresh(axis, output)
      return left && { ...left, shape: left.shape.map(join) }
    })
  }

  #outputsOf(body: Body): readonly (TensorSpec | undefined)[] {
    const inside = new ShapeAnalysis(body, this)
    for (const node of body.nodes) inside.visit(node)
    return body.outputs.map((output) => inside.specs.get(output.name) ?? (isOpaquePort(output) ? undefined : output))
  }

  #learnContent(node: Node, context: NodeContext, inferred: readonly TensorSpec[]): void {
    const [output] = node.outputs
    if (output === undefined || output === '') return
    const constant = constantOf(node)
    const contents = constant === undefined ? this.#compute(node, inferred) : [constant]
    if (contents !== undefined) {
      for (const [index, name] of node.outputs.entries()) if (name !== '') this.learn(name, contents[index]!)
      return
    }
    const vector = propagateVector(context, inferred[0]!)
    if (vector === undefined || vector.some((length) => !isExact(length))) return
    this.vectors.set(output, vector)
    const array = vectorArray(inferred[0]!, vector)
    if (array !== undefined) this.arrays.set(output, array)
  }

  /** The exact content of small outputs whose inputs are constants. */
  #compute(node: Node, inferred: readonly TensorSpec[]): readonly NDArray[] | undefined {
    const inputs = node.inputs.filter((name) => name !== '').map((name) => this.arrays.get(name))
    const known = inputs.length > 0 && inputs.every((array) => array !== undefined)
    const small = inferred.every(({ shape }) => shape.every((length) => typeof length === 'number' && length <= 64))
    if (!known || !small || inputs.reduce((sum, array) => sum + array!.data.length, 0) > COMPUTED_SIZE) return undefined
    return evaluateNode(node, this.arrays, COMPUTED_BYTES)
  }
}

/** A shape that is known to the last number, as the tensor that holds it. */
export function vectorArray({ dtype, shape }: TensorSpec, vector: readonly Dimension[]): NDArray | undefined {
  if (!vector.every((length) => Number.isSafeInteger(length))) return undefined
  const lengths = shape.length === 0 ? [] : [vector.length]
  if (sizeOfShape(lengths) !== vector.length) return undefined
  if (dtype === 'int64') return ndarray('int64', lengths, BigInt64Array.from(vector as readonly number[], BigInt))
  return dtype === 'int32' ? ndarray('int32', lengths, Int32Array.from(vector as readonly number[])) : undefined
}

/** Files can say anything; what no tensor can have is not carried on. */
function isLength(length: Dimension): boolean {
  return typeof length === 'number' ? Number.isSafeInteger(length) && length >= 0 : isExact(length)
}

function isExact(length: Dimension): boolean {
  return typeof length === 'number' ? Number.isInteger(length) : length.length <= LONGEST_EXPRESSION
}
