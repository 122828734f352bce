import { type Dimension, describeSpec, type NDArray, ShapeError, type TensorSpec } from '@gantry/core'
import type { Attribute, Node } from '../graph.ts'

/** What an inference function returns: one spec an output, in order. */
export type Inference = (context: NodeContext) => readonly TensorSpec[]

/** What is known when a node is reached; see `infer-shapes.ts`. */
export interface KnownValues {
  readonly specs: ReadonlyMap<string, TensorSpec>
  readonly arrays: ReadonlyMap<string, NDArray>
  /** Small integer values, elements of which may be symbolic: shapes that the graph computes. */
  readonly vectors: ReadonlyMap<string, readonly Dimension[]>
}

/** One node, seen by its inference function: inputs by position, attributes by name. */
export class NodeContext {
  readonly node: Node
  readonly #known: KnownValues

  constructor(node: Node, known: KnownValues) {
    this.node = node
    this.#known = known
  }

  has(index: number): boolean {
    return (this.node.inputs[index] ?? '') !== ''
  }

  /** Spec of an input that the operator requires. */
  input(index: number): TensorSpec {
    const spec = this.optional(index)
    if (spec === undefined) this.fail(`input ${index} is missing`)
    return spec
  }

  optional(index: number): TensorSpec | undefined {
    return this.has(index) ? this.#known.specs.get(this.node.inputs[index]!) : undefined
  }

  /** All inputs that are present. */
  get inputs(): readonly TensorSpec[] {
    return this.node.inputs.flatMap((_, index) => this.optional(index) ?? [])
  }

  /** Content of an input, where it is a constant. */
  array(index: number): NDArray | undefined {
    return this.#known.arrays.get(this.node.inputs[index] ?? '')
  }

  /** Content of an integer input, where it is known; elements may be symbolic. */
  vector(index: number): readonly Dimension[] | undefined {
    return this.#known.vectors.get(this.node.inputs[index] ?? '')
  }

  /** Content of an integer input, where all of it is a number. */
  integers(index: number): readonly number[] | undefined {
    const vector = this.vector(index)
    return vector?.every((element) => typeof element === 'number') ? (vector as readonly number[]) : undefined
  }

  int(name: string): number | undefined
  int(name: string, fallback: number): number
  int(name: string, fallback?: number): number | undefined {
    return this.#attribute('int', name)?.value ?? fallback
  }

  float(name: string, fallback: number): number {
    return this.#attribute('float', name)?.value ?? fallback
  }

  ints(name: string): readonly number[] | undefined
  ints(name: string, fallback: readonly number[]): readonly number[]
  ints(name: string, fallback?: readonly number[]): readonly number[] | undefined {
    return this.#attribute('ints', name)?.value ?? fallback
  }

  string(name: string, fallback: string): string {
    return this.#attribute('string', name)?.value ?? fallback
  }

  tensor(name: string): NDArray | undefined {
    return this.#attribute('tensor', name)?.value
  }

  #attribute<Type extends Attribute['type']>(type: Type, name: string): Extract<Attribute, { type: Type }> | undefined {
    const found = this.node.attributes[name]
    if (found === undefined) return undefined
    if (found.type !== type) this.fail(`attribute '${name}' is of type ${found.type} but the operator expects ${type}`)
    return found as Extract<Attribute, { type: Type }>
  }

  /** A list of axes that newer operator sets take as an input and older ones as an attribute. */
  axes(index: number, rank: number): { readonly known: boolean; readonly axes: readonly number[] | undefined } {
    const axes = this.has(index) ? this.integers(index) : this.ints('axes')
    return {
      known: axes !== undefined || !this.has(index),
      axes: axes?.map((axis) => this.axis(axis, rank)),
    }
  }

  /** An axis counted from the front. */
  axis(axis: number, rank: number): number {
    if (axis < -rank || axis >= rank) this.fail(`axis ${axis} is outside ${this.#describeRank(rank)}`)
    return axis < 0 ? axis + rank : axis
  }

  /** A length that nothing is known of: a symbol of its own. */
  fresh(axis: number, output = 0): string {
    return `${(this.node.outputs[output] ?? this.node.name).replaceAll(/\W/g, '_')}_axis${axis}`
  }

  /** Two lengths that must be equal; the number wins over a symbol. */
  unify(left: Dimension, right: Dimension, describe: () => string): Dimension {
    if (typeof left === 'number' && typeof right === 'number' && left !== right) this.fail(describe())
    return typeof left === 'number' ? left : right
  }

  expectRank(index: number, rank: number): TensorSpec {
    const spec = this.input(index)
    if (spec.shape.length !== rank) {
      this.fail(
        `input ${index} has shape ${shapeText(spec.shape)} but the operator expects ${this.#describeRank(rank)}`,
      )
    }
    return spec
  }

  /** @throws ShapeError when inputs that must be of one dtype are not. */
  expectSameDtype(...indices: readonly number[]): void {
    const [first, ...others] = indices.filter((index) => this.has(index))
    for (const other of others) {
      const [left, right] = [this.input(first!), this.input(other)]
      if (left.dtype === right.dtype) continue
      this.fail(
        `input ${first} is ${describeSpec(left)} but input ${other} is ${describeSpec(right)}`,
        'Cast one of them.',
        'DTYPE_MISMATCH',
      )
    }
  }

  fail(detail: string, fix?: string, code = 'SHAPE_MISMATCH'): never {
    const { operator, name, inputs } = this.node
    throw new ShapeError({
      code,
      message: `${operator} '${name}' (${inputs.join(', ')}): ${detail}.`,
      ...(fix !== undefined && { fix }),
    })
  }

  #describeRank(rank: number): string {
    return `${rank} ${rank === 1 ? 'axis' : 'axes'}`
  }
}

/** `[batch,28,28,1]` */
export function shapeText(shape: readonly Dimension[]): string {
  return `[${shape.join(',')}]`
}
