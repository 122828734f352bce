import { type Dimension, type NDArray, scaledDimension, UnsupportedError } from '@gantry/core'
import { attribute, type Graph, type Node } from '@gantry/onnx'
import { isConstant, KnownLengths } from './known-lengths.ts'
import { computedConstant } from './length-constants.ts'
import { LengthWriter } from './length-writer.ts'
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
  readonly #checks: readonly Probe[]
  readonly #writer: LengthWriter
  readonly #known: KnownLengths

  constructor(
    signature: ProgramSignature,
    symbols: ReadonlyMap<string, LengthSource>,
    base: Probe,
    single: readonly Probe[],
    checks: readonly Probe[],
  ) {
    this.#signature = signature
    this.#symbols = symbols
    this.#names = [...symbols.keys()]
    this.#base = base
    this.#single = single
    this.#checks = checks
    this.#writer = new LengthWriter(base.recorded.graph.initializers)
    this.#known = new KnownLengths(this.#writer)
  }

  graph(): Graph {
    const { graph, results } = this.#base.recorded
    const others = this.#others.map(({ recorded }) => recorded)
    for (const { graph: other } of others) {
      if (other.nodes.length !== graph.nodes.length)
        throw this.#bakedIn('the program takes another path for other lengths')
    }
    for (const [name, { feed, axis }] of this.#symbols) {
      this.#known.add(
        this.#probes.map(({ lengths }) => lengths[name]!),
        () => this.#writer.axis(feed, axis),
      )
    }
    for (const [index, node] of graph.nodes.entries()) {
      const twins = others.map(({ graph: other }) => other.nodes[index]!)
      this.#writer.nodes.push(this.#generalized(node, twins))
      this.#learn(node, twins)
    }
    const outputs = graph.outputs.map((output) => {
      const place = results.findIndex(({ name }) => name === output.name)
      return place === -1 ? output : { ...output, shape: this.#resultShape(place) }
    })
    const inputs = graph.inputs.map((input) => {
      const spec = this.#signature.feeds[input.name]
      return { ...input, shape: spec?.shape ?? this.#inputShape(input.name) }
    })
    const { nodes, initializers } = this.#writer
    return { ...graph, inputs, outputs, nodes, initializers, valueSpecs: new Map() }
  }

  get #probes(): readonly Probe[] {
    return [this.#base, ...this.#others]
  }

  get #others(): readonly Probe[] {
    return [...this.#single, ...this.#checks]
  }

  /** Lengths that are known once a node has run: those of its results, and numbers that the program read from it. */
  #learn(node: Node, twins: readonly Node[]): void {
    const nodes = [node, ...twins]
    for (const [place, output] of node.outputs.entries()) {
      const names = nodes.map((twin) => twin.outputs[place]!)
      const graphs = this.#probes.map(({ recorded }) => recorded)
      const shapes = graphs.map(({ graph }, probe) => graph.valueSpecs.get(names[probe]!)?.shape)
      for (const axis of shapes[0]?.keys() ?? []) {
        const numbers = shapes.map((shape) => shape?.[axis])
        if (!numbers.every((number) => typeof number === 'number')) continue
        this.#known.add(numbers, () => this.#writer.axis(output, axis))
      }
      const reads = graphs.map(({ numbersRead }, probe) => numbersRead.find(({ value }) => value === names[probe]))
      for (const index of reads[0]?.numbers.keys() ?? []) {
        const numbers = reads.map((read) => read?.numbers[index])
        if (!numbers.every((number) => Number.isInteger(number))) continue
        this.#known.add(numbers as number[], () => this.#element(output, index))
      }
    }
  }

  #element(value: string, index: number): string {
    const numbers = this.#writer.node('Cast', [value], { to: attribute.int(7) })
    const flat = this.#writer.node('Reshape', [numbers, this.#writer.constant([-1])])
    return this.#writer.node('Gather', [flat, this.#writer.constant([index])], { axis: attribute.int(0) })
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
    const arrays = [array, ...versions].flatMap((version) => version ?? [])
    const sizes = arrays.map(({ data }) => data.length)
    if (array.dtype === 'int64' && arrays.length > versions.length && isConstant(sizes)) {
      const integers = arrays.map(({ data }) => Array.from(data as BigInt64Array, Number))
      const shape = this.#integers(node, integers)
      if (shape !== undefined) return shape
    }
    const computed = arrays.length > versions.length ? computedConstant(arrays, this.#known, this.#writer) : undefined
    if (computed === undefined) {
      const shape = this.#generalShape(
        '?',
        arrays.map((each) => each.shape),
      )
      throw this.#bakedIn(`a constant of shape [${shape}] that ${node.operator} uses depends on it`)
    }
    return this.#writer.once(`computed ${name} ${arrays.map(({ data }) => data).join()}`, computed)
  }

  /** A vector of integers that grow with the lengths. */
  #integers(node: Node, integers: readonly (readonly number[])[]): string | undefined {
    const [own] = integers as [number[]]
    const changing = own.flatMap((_, index) =>
      integers.every((version) => version[index] === own[index]) ? [] : [index],
    )
    const inferred = (unknown: number) => own.map((value, index) => (index === unknown ? -1 : value))
    // The one unknown length of a reshape follows from the others.
    if (node.operator === 'Reshape' && changing.length === 1) return this.#writer.constant(inferred(changing[0]!))
    const versions = own.map((_, index) => integers.map((version) => version[index]!))
    const affine = versions.map((numbers) => this.#affine(numbers))
    if (affine.every((each) => each !== undefined)) return this.#computed(affine)
    if (node.operator !== 'Reshape') return undefined
    const parts = versions.map((numbers) => this.#known.integer(numbers))
    const [unknown, ...more] = parts.flatMap((part, index) => (part === undefined ? [index] : []))
    if (unknown === undefined || more.length > 0) return undefined
    const names = parts.map((part) => part?.() ?? this.#writer.constant([-1]))
    return this.#writer.node('Concat', names, { axis: attribute.int(0) })
  }

  #affine([base, ...rest]: readonly number[]): Affine | undefined {
    const single = rest.slice(0, this.#single.length)
    const factors = this.#names.map(
      (name, index) =>
        (single[index]! - base!) /
        (this.#units(this.#single[index]!.lengths, name) - this.#units(this.#base.lengths, name)),
    )
    const predicted = (lengths: Lengths, constant: number) =>
      this.#names.reduce((sum, name, index) => sum + factors[index]! * this.#units(lengths, name), constant)
    const constant = base! - predicted(this.#base.lengths, 0)
    const holds = this.#checks.every(
      ({ lengths }, index) => predicted(lengths, constant) === rest[this.#single.length + index],
    )
    return factors.every(Number.isInteger) && holds ? { constant, factors } : undefined
  }

  #multiple(name: string): number {
    return this.#signature.multiples?.[name] ?? 1
  }

  #units(lengths: Lengths, name: string): number {
    return lengths[name]! / this.#multiple(name)
  }

  #computed(values: readonly Affine[]): string {
    return this.#writer.once(JSON.stringify(values), () =>
      this.#names.reduce(
        (sum, name, index) => {
          const factors = values.map((value) => value.factors[index]!)
          if (factors.every((factor) => factor === 0)) return sum
          const scaled = this.#writer.node('Mul', [this.#length(name), this.#writer.constant(factors)])
          return this.#writer.node('Add', [sum, scaled])
        },
        this.#writer.constant(values.map(({ constant }) => constant)),
      ),
    )
  }

  /** A vector that holds a named length, in units of its multiple. */
  #length(name: string): string {
    const { feed, axis } = this.#symbols.get(name)!
    return this.#writer.once(`length of ${name}`, () => {
      const length = this.#writer.axis(feed, axis)
      const multiple = this.#multiple(name)
      return multiple === 1 ? length : this.#writer.node('Div', [length, this.#writer.constant([multiple])])
    })
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

  /** One shape for all recordings; `owner` gives its name to lengths that do not grow with a named one alone. */
  #generalShape(owner: string, shapes: readonly (readonly Dimension[])[]): Dimension[] {
    return shapes[0]!.map((length, axis) => {
      const lengths = shapes.map((shape) => shape[axis])
      if (lengths.every((other) => other === length)) return length
      return this.#scaled(lengths) ?? `${owner}_${axis}`
    })
  }

  /** Lengths as a multiple or a part of a named one: `height`, `4*height`, `height/64`. */
  #scaled(lengths: readonly (Dimension | undefined)[]): string | undefined {
    const [base] = lengths
    if (typeof base !== 'number' || base === 0) return undefined
    for (const name of this.#names) {
      const whole = this.#base.lengths[name]!
      const [factor, divisor] = [base, whole].map((length) => length / greatestCommonDivisor(base, whole))
      const grows = this.#probes.every(
        ({ lengths: own }, index) => lengths[index] === (own[name]! * factor!) / divisor!,
      )
      if (grows) return scaledDimension({ name, factor: factor!, divisor: divisor! })
    }
    return undefined
  }

  #bakedIn(detail: string): UnsupportedError {
    return new UnsupportedError({
      code: 'DIMENSION_BAKED_IN',
      message: `${this.#signature.name} cannot be recorded for every ${this.#names.join(', ')}: ${detail}.`,
      fix: 'Write the program so that it works for any length (for example tf.reshape with -1), promise multiples of a number (`multiples: { height: 8 }`), or give that axis a fixed length.',
    })
  }
}

function greatestCommonDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestCommonDivisor(other, one % other)
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
