import type { NDArray } from '@gantry/core'
import { type Attribute, attribute, int64Vector, type Node } from '@gantry/onnx'

/** Writes the nodes that compute lengths when the graph runs, among the graph's own. A length is an int64 vector of one. */
export class LengthWriter {
  readonly nodes: Node[] = []
  readonly initializers: Map<string, NDArray>
  readonly #made = new Map<string, string>()

  constructor(initializers: ReadonlyMap<string, NDArray>) {
    this.initializers = new Map(initializers)
  }

  constant(values: readonly number[]): string {
    return this.array(`constant ${values}`, () => int64Vector(values))
  }

  array(key: string, make: () => NDArray): string {
    return this.once(key, () => {
      const name = `dimensions_${this.#made.size}`
      this.initializers.set(name, make())
      return name
    })
  }

  node(operator: string, inputs: readonly string[], attributes: Record<string, Attribute> = {}): string {
    const name = `dimensions_${operator}_${this.nodes.length}`
    this.nodes.push({ operator, name, inputs, outputs: [name], attributes })
    return name
  }

  /** The length of one axis of a value, as {@link node}s. */
  axis(value: string, axis: number): string {
    return this.node('Gather', [this.node('Shape', [value]), this.constant([axis])], { axis: attribute.int(0) })
  }

  /** Makes a value once for a key. */
  once(key: string, make: () => string): string {
    const known = this.#made.get(key)
    if (known !== undefined) return known
    const name = make()
    this.#made.set(key, name)
    return name
  }
}
