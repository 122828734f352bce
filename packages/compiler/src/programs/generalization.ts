import { type Dimension, type NDArray, UnsupportedError } from '@gantry/core'
import { type Attribute, attribute, type Graph, int64Vector, type Node } from '@gantry/onnx'
import type { ProgramSignature, RecordedProgram } from './record-program.ts'

export type Lengths = Readonly<Record<string, number>>

/** A program recorded with a number for every named length. */
export interface Probe {
  readonly lengths: Lengths
  readonly recorded: RecordedProgram
}

/** The feed and axis that tell a named length. */
export interface LengthSource {
  readonly feed: string
  readonly axis: number
}

/** An integer as constant + Σ factor·(length / multiple). */
interface Affine {
  readonly constant: number
  readonly factors: readonly number[]
}

/** Merges recordings of one program at several lengths into one graph. */
export class Generalization {
  readonly #signature: ProgramSignature
  readonly #symbols: ReadonlyMap<string, LengthSource>
  readonly #names: readonly string[]
  readonly #base: Probe
  readonly #single: readonly Probe[]
  readonly #check: Probe
  readonly #nodes: Node[] = []
  readonly #initializers: Map<string, NDArray>
  readonly #made = new Map<string, string>()

  constructor(
    signature: ProgramSignature,
    symbols: ReadonlyMap<string, LengthSource>,
    base: Probe,
    single: readonly Probe[],
    check: Probe,
  ) {
    this.#signature = signature
    this.#symbols = symbols
    this.#names = [...symbols.keys()]
    this.#base = base
    this.#single = single
    this.#check = check
    this.#initializers = new Map(base.recorded.graph.initializers)
  }

  graph(): Graph {
    const { graph, results } = this.#base.recorded
    const others = this.#others.map(({ recorded }) => recorded)
    for (const { graph: other } of others) {
      if (other.nodes.length !== graph.nodes.length)
        throw this.#bakedIn('the program takes another path for other lengths')
    }
    for (const [index, node] of graph.nodes.entries()) {
      const twins = others.map(({ graph: other }) => other.nodes[index]!)
      this.#nodes.push(this.#generalized(node, twins))
    }
    const outputs = graph.outputs.map((output) => {
      const place = results.findIndex(({ name }) => name === output.name)
      return place === -1 ? output : { ...output, shape: this.#resultShape(place) }
    })
    const inputs = graph.inputs.map((input) => {
      const spec = this.#signature.feeds[input.name]
      return { ...input, shape: spec?.shape ?? this.#inputShape(input.name) }
    })
    return { ...graph, inputs, outputs, nodes: this.#nodes, initializers: this.#initializers, valueSpecs: new Map() }
  }

  get #probes(): readonly Probe[] {
    return [this.#base, ...this.#others]
  }

  get #others(): readonly Probe[] {
    return [...this.#single, this.#check]
  }

  #generalized(node: Node, twins: readonly Node[]): Node {
    for (const twin of twins) {
      if (twin.operator !== node.operator || !sameAttributes(twin.attributes, node.attributes)) {
        throw this.#bakedIn(`attributes of ${node.operator} depend on it`)
      }
    }
    const inputs = node.inputs.map((input, position) => {
      const array = this.#base.recorded.graph.initializers.get(input)
      if (array === undefined) return input
      const versions = twins.map((twin, probe) =>
        this.#others[probe]!.recorded.graph.initializers.get(twin.inputs[position]!),
      )
      return this.#input(node, input, array, versions)
    })
    return { ...node, inputs }
  }

  /** The constant itself where it is the same for all lengths, otherwise a value computed from the lengths. */
  #input(node: Node, name: string, array: NDArray, versions: readonly (NDArray | undefined)[]): string {
    if (versions.every((version) => version !== undefined && sameArray(array, version))) return name
    const sizes = versions.map((version) => version?.data.length)
    if (array.dtype !== 'int64' || sizes.some((size) => size !== array.data.length)) {
      throw this.#bakedIn(`a constant of shape [${array.shape}] that ${node.operator} uses depends on it`)
    }
    const integers = [array, ...versions].map((version) => Array.from(version!.data as BigInt64Array, Number))
    const [own] = integers as [number[]]
    const changing = own.flatMap((_, index) =>
      integers.every((version) => version[index] === own[index]) ? [] : [index],
    )
    if (node.operator === 'Reshape' && changing.length === 1) {
      // The one unknown length of a reshape follows from the others.
      return this.#constant(own.map((value, index) => (index === changing[0] ? -1 : value)))
    }
    const affine = own.map((_, index) =>
      this.#affine(
        node,
        integers.map((version) => version[index]!),
      ),
    )
    return this.#computed(affine)
  }

  #affine(node: Node, [base, ...rest]: readonly number[]): Affine {
    const single = rest.slice(0, -1)
    const factors = this.#names.map(
      (name, index) =>
        (single[index]! - base!) /
        (this.#units(this.#single[index]!.lengths, name) - this.#units(this.#base.lengths, name)),
    )
    const predicted = (lengths: Lengths, constant: number) =>
      this.#names.reduce((sum, name, index) => sum + factors[index]! * this.#units(lengths, name), constant)
    const constant = base! - predicted(this.#base.lengths, 0)
    if (!factors.every(Number.isInteger) || predicted(this.#check.lengths, constant) !== rest.at(-1)) {
      throw this.#bakedIn(`an integer that ${node.operator} uses grows with it in no linear way`)
    }
    return { constant, factors }
  }

  #multiple(name: string): number {
    return this.#signature.multiples?.[name] ?? 1
  }

  #units(lengths: Lengths, name: string): number {
    return lengths[name]! / this.#multiple(name)
  }

  #computed(values: readonly Affine[]): string {
    return this.#once(JSON.stringify(values), () =>
      this.#names.reduce(
        (sum, name, index) => {
          const factors = values.map((value) => value.factors[index]!)
          if (factors.every((factor) => factor === 0)) return sum
          const scaled = this.#node('Mul', [this.#length(name), this.#constant(factors)])
          return this.#node('Add', [sum, scaled])
        },
        this.#constant(values.map(({ constant }) => constant)),
      ),
    )
  }

  /** A vector that holds a named length, in units of its multiple. */
  #length(name: string): string {
    const { feed, axis } = this.#symbols.get(name)!
    return this.#once(`length of ${name}`, () => {
      const length = this.#node('Gather', [this.#node('Shape', [feed]), this.#constant([axis])], {
        axis: attribute.int(0),
      })
      const multiple = this.#multiple(name)
      return multiple === 1 ? length : this.#node('Div', [length, this.#constant([multiple])])
    })
  }

  #constant(values: readonly number[]): string {
    return this.#once(`constant ${values}`, () => {
      const name = `dimensions_${this.#made.size}`
      this.#initializers.set(name, int64Vector(values))
      return name
    })
  }

  #node(operator: string, inputs: readonly string[], attributes: Record<string, Attribute> = {}): string {
    const name = `dimensions_${operator}_${this.#nodes.length}`
    this.#nodes.push({ operator, name, inputs, outputs: [name], attributes })
    return name
  }

  #once(key: string, make: () => string): string {
    const known = this.#made.get(key)
    if (known !== undefined) return known
    const name = make()
    this.#made.set(key, name)
    return name
  }

  #resultShape(place: number): Dimension[] {
    const shapes = this.#probes.map(({ recorded }) => recorded.results[place]!.shape)
    return this.#generalShape(this.#base.recorded.results[place]!.name, shapes)
  }

  /** A variable's shape, which is always the same, or that of noise, whose lengths may be named ones. */
  #inputShape(name: string): Dimension[] {
    const shapes = this.#probes.map(({ recorded }) => recorded.graph.inputs.find((input) => input.name === name)!.shape)
    return this.#generalShape(name, shapes)
  }

  /** One shape for all recordings; `owner` gives its name to lengths that are no named ones. */
  #generalShape(owner: string, shapes: readonly (readonly Dimension[])[]): Dimension[] {
    return shapes[0]!.map((length, axis) => {
      const lengths = shapes.map((shape) => shape[axis])
      if (lengths.every((other) => other === length)) return length
      return (
        this.#names.find((name) => this.#probes.every((probe, index) => probe.lengths[name] === lengths[index])) ??
        `${owner}_${axis}`
      )
    })
  }

  #bakedIn(detail: string): UnsupportedError {
    return new UnsupportedError({
      code: 'DIMENSION_BAKED_IN',
      message: `${this.#signature.name} cannot be recorded for every ${this.#names.join(', ')}: ${detail}.`,
      fix: 'Write the program so that it works for any length (for example tf.reshape with -1), promise multiples of a number (`multiples: { height: 8 }`), or give that axis a fixed length.',
    })
  }
}

function sameArray(left: NDArray, right: NDArray): boolean {
  return (
    left.dtype === right.dtype &&
    left.shape.length === right.shape.length &&
    left.shape.every((length, axis) => length === right.shape[axis]) &&
    (left.data as Float32Array).every((value, index) => Object.is(value, right.data[index]))
  )
}

function sameAttributes(left: Node['attributes'], right: Node['attributes']): boolean {
  return JSON.stringify(left) === JSON.stringify(right)
}
