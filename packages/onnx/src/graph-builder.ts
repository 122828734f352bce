import { ModelFormatError, type NamedTensorSpec, type NDArray, suggestion, type TensorSpec } from '@gantry/core'
import { ArrayIndex } from './array-index.ts'
import type { Attributes, Graph, Node } from './graph.ts'
import { inferShapes } from './infer-shapes.ts'

/** What a node may be told beside its attributes. */
export interface NodeOptions {
  /** Name of the node and of its output; by default the operator and a number, `Conv_12`. */
  readonly name?: string
  /** Operator set other than ONNX's own. */
  readonly domain?: string
}

/**
 * Collects a graph node by node. Values are handled by name: every method that makes one returns its name.
 *
 * @throws ModelFormatError `NAME_DUPLICATE` for a name that is taken, `VALUE_UNKNOWN` for a value that does not exist yet.
 *
 * @example
 * ```ts
 * const builder = new GraphBuilder('line')
 * const x = builder.input('x', { dtype: 'float32', shape: ['batch', 2] })
 * const slope = builder.initializer('slope', float32([2, 1], [3, 4]))
 * builder.output('y', builder.node('MatMul', [x, slope]))
 * const graph = builder.build()
 * ```
 */
export class GraphBuilder {
  readonly #name: string
  readonly #inputs: NamedTensorSpec[] = []
  readonly #initializers = new Map<string, NDArray>()
  readonly #nodes: Node[] = []
  readonly #outputs: { readonly name: string; readonly value: string; readonly spec: TensorSpec | undefined }[] = []
  readonly #constants = new ArrayIndex()
  readonly #valueNames = new Set<string>()
  readonly #nodeNames = new Set<string>()
  /** Values that become graph outputs, each with the name that the output gives it. */
  readonly #renames = new Map<string, string>()
  readonly #nextNumber = new Map<string, number>()

  constructor(name: string) {
    this.#name = name
  }

  /** A value that is fed at every run. */
  input(name: string, { dtype, shape }: TensorSpec): string {
    this.#inputs.push({ name: this.#claim(name), dtype, shape })
    return name
  }

  /** A named constant, such as a weight. Nothing is copied. */
  initializer(name: string, array: NDArray): string {
    this.#initializers.set(this.#claim(name), array)
    return name
  }

  /** An unnamed constant: equal arrays (dtype, shape and content) become one. `hint` starts its name. */
  constant(array: NDArray, hint = 'constant'): string {
    return this.#constants.findOrAdd(array, () => {
      const name = this.#numbered(hint, this.#valueNames)
      return this.initializer(name, array)
    })
  }

  /** A node with one output; `undefined` stands for an optional input that is absent. */
  node(
    operator: string,
    inputs: readonly (string | undefined)[],
    attributes: Attributes = {},
    options: NodeOptions = {},
  ): string {
    return this.nodes(operator, inputs, 1, attributes, options)[0]!
  }

  /** A node with several outputs, named `Split_3_0`, `Split_3_1` … */
  nodes(
    operator: string,
    inputs: readonly (string | undefined)[],
    outputCount: number,
    attributes: Attributes = {},
    options: NodeOptions = {},
  ): string[] {
    for (const input of inputs) if (input !== undefined && input !== '') this.#expectValue(input, operator)
    const name = options.name ?? this.#numbered(operator, this.#nodeNames, this.#valueNames)
    if (this.#nodeNames.has(name)) throw this.#duplicate('node', name)
    this.#nodeNames.add(name)
    const outputs = outputCount === 1 ? [name] : Array.from({ length: outputCount }, (_, index) => `${name}_${index}`)
    for (const output of outputs) this.#claim(output)
    this.#nodes.push({
      operator,
      ...(options.domain !== undefined && { domain: options.domain }),
      name,
      inputs: inputs.map((input) => input ?? ''),
      outputs,
      attributes,
    })
    return outputs
  }

  /**
   * Names a value as a graph output. A value that has a name already (an input, an initializer, another output) goes
   * through an Identity.
   *
   * @param spec what the output is promised to be; inferred by {@link build} when absent
   */
  output(name: string, value: string, spec?: TensorSpec): void {
    this.#expectValue(value, `the output '${name}'`)
    // Readers may already know the value by the name that another output gave it.
    const known = this.#outputs.find((output) => output.name === value)?.value ?? value
    const isInput = this.#inputs.some((input) => input.name === known)
    const named = isInput || this.#initializers.has(known) || this.#renames.has(known)
    const source = named ? this.node('Identity', [known]) : known
    if (name !== source) this.#claim(name)
    this.#renames.set(source, name)
    this.#outputs.push({ name, value: source, spec })
  }

  /**
   * The graph so far, with every spec that can be inferred.
   *
   * @throws ShapeError for operands that do not fit, ModelFormatError `OUTPUT_SPEC_UNKNOWN` when an output was given no
   * spec and none can be inferred.
   */
  build(): Graph {
    const rename = (value: string) => this.#renames.get(value) ?? value
    const nodes = this.#nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    }))
    const graph = inferShapes({
      name: this.#name,
      inputs: [...this.#inputs],
      outputs: this.#outputs.flatMap(({ name, spec }) => (spec === undefined ? [] : { name, ...spec })),
      initializers: new Map(this.#initializers),
      nodes,
      valueSpecs: new Map(),
    })
    const declared = new Map(graph.outputs.map((output) => [output.name, output]))
    const outputs = this.#outputs.map(({ name }): NamedTensorSpec => {
      const { dtype, shape } = declared.get(name) ?? graph.valueSpecs.get(name) ?? this.#unknownOutput(name)
      return { name, dtype, shape }
    })
    return { ...graph, outputs }
  }

  /** The part of the graph so far that these values need, with the values as its outputs. */
  extract(outputs: readonly NamedTensorSpec[]): Graph {
    const needed = new Set(outputs.map(({ name }) => name))
    const nodes: Node[] = []
    for (let index = this.#nodes.length - 1; index >= 0; index--) {
      const node = this.#nodes[index]!
      if (!node.outputs.some((output) => needed.has(output))) continue
      for (const input of node.inputs) needed.add(input)
      nodes.push(node)
    }
    return inferShapes({
      name: this.#name,
      inputs: this.#inputs.filter(({ name }) => needed.has(name)),
      outputs: outputs.filter(({ name }, index) => outputs.findIndex((output) => output.name === name) === index),
      initializers: new Map([...this.#initializers].filter(([name]) => needed.has(name))),
      nodes: nodes.reverse(),
      valueSpecs: new Map(),
    })
  }

  #unknownOutput(name: string): never {
    throw new ModelFormatError({
      code: 'OUTPUT_SPEC_UNKNOWN',
      message: `Graph '${this.#name}': nothing can be inferred of the output '${name}'.`,
      fix: 'Pass its dtype and shape to output().',
    })
  }

  #claim(name: string): string {
    if (name === '' || this.#valueNames.has(name)) throw this.#duplicate('value', name)
    this.#valueNames.add(name)
    return name
  }

  #numbered(stem: string, ...taken: readonly ReadonlySet<string>[]): string {
    let number = this.#nextNumber.get(stem) ?? 0
    let name = `${stem}_${number}`
    while (taken.some((names) => names.has(name))) name = `${stem}_${++number}`
    this.#nextNumber.set(stem, number + 1)
    return name
  }

  #expectValue(name: string, reader: string): void {
    if (this.#valueNames.has(name)) return
    throw new ModelFormatError({
      code: 'VALUE_UNKNOWN',
      message: `Graph '${this.#name}': ${reader} reads '${name}', which no input, initializer or earlier node makes.`,
      fix: suggestion(name, [...this.#valueNames].slice(-200)),
    })
  }

  #duplicate(kind: 'node' | 'value', name: string): ModelFormatError {
    return new ModelFormatError({
      code: 'NAME_DUPLICATE',
      message:
        name === ''
          ? `Graph '${this.#name}': a ${kind} needs a name.`
          : `Graph '${this.#name}' has two ${kind}s named '${name}'.`,
      fix: 'Give each its own name.',
    })
  }
}
