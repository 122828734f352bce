import type { NamedTensorSpec, NDArray, TensorSpec } from '@gantry/core'

/** Value of an operator's attribute; `type` says how it is stored. */
export type Attribute =
  | { readonly type: 'int'; readonly value: number }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'tensor'; readonly value: NDArray }
  | { readonly type: 'graph'; readonly value: Body }
  | { readonly type: 'ints'; readonly value: readonly number[] }
  | { readonly type: 'floats'; readonly value: readonly number[] }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'opaque'; readonly value: Opaque }

/** A value of a type that Gantry has no arrays for, such as float16, as it stands in the file. Nothing is concluded from it. */
export interface Opaque {
  /** `uint64[3]` */
  readonly description: string
  /** Of a tensor. */
  readonly elements: number
  /** An `AttributeProto`. */
  readonly bytes: Uint8Array
}

/** The attributes of a node, by name. */
export type Attributes = Readonly<Record<string, Attribute>>

/** Constructors of attributes: `attribute.ints([1, 1])`. */
export const attribute = {
  int: (value: number): Attribute => ({ type: 'int', value }),
  float: (value: number): Attribute => ({ type: 'float', value }),
  string: (value: string): Attribute => ({ type: 'string', value }),
  tensor: (value: NDArray): Attribute => ({ type: 'tensor', value }),
  graph: (value: Body): Attribute => ({ type: 'graph', value }),
  ints: (value: readonly number[]): Attribute => ({ type: 'ints', value }),
  floats: (value: readonly number[]): Attribute => ({ type: 'floats', value }),
  strings: (value: readonly string[]): Attribute => ({ type: 'strings', value }),
} as const

/** One call of an ONNX operator. */
export interface Node {
  /** Name in the ONNX specification, such as `ConvTranspose`. */
  readonly operator: string
  /** Operator set other than ONNX's own, such as `com.microsoft`. */
  readonly domain?: string
  readonly name: string
  /** Names of values; `''` stands for an optional input that is absent. */
  readonly inputs: readonly string[]
  /** Names of values; `''` stands for an output that nobody wants. */
  readonly outputs: readonly string[]
  readonly attributes: Attributes
}

/** Whether a node calls this operator of ONNX's own set; another domain may have one of the same name. */
export function calls<Operator extends string>(
  node: Node | undefined,
  operator: Operator,
): node is Node & { readonly operator: Operator } {
  return node?.operator === operator && node.domain === undefined
}

/** Whether a node has an attribute that Gantry keeps, but does not understand. */
export function holdsOpaque({ attributes }: Node): boolean {
  for (const name in attributes) if (attributes[name]!.type === 'opaque') return true
  return false
}

/** A port of which the file says less than dtype and rank, or a type that Gantry has not: a `ValueInfoProto`, as it stands in the file. */
export interface OpaquePort {
  readonly name: string
  readonly declared: Uint8Array
}

export function isOpaquePort(port: NamedTensorSpec | OpaquePort): port is OpaquePort {
  return 'declared' in port
}

/** The graph of a control-flow node. Of its ports, files need say nothing. */
export interface Body extends Omit<Graph, 'inputs' | 'outputs'> {
  readonly inputs: readonly (NamedTensorSpec | OpaquePort)[]
  readonly outputs: readonly (NamedTensorSpec | OpaquePort)[]
}

/** A computation: nodes in an order in which they can run. Every value has one name and is written once. */
export interface Graph {
  readonly name: string
  readonly documentation?: string
  readonly inputs: readonly NamedTensorSpec[]
  readonly outputs: readonly NamedTensorSpec[]
  /** Constants: weights, and the small arrays that operators take as inputs. */
  readonly initializers: ReadonlyMap<string, NDArray>
  readonly nodes: readonly Node[]
  /** What is known of the values that nodes write. */
  readonly valueSpecs: ReadonlyMap<string, TensorSpec>
  /**
   * Versions of the operator sets whose operators the nodes mean, by domain; `''` is ONNX's own. Absent for the one that
   * Gantry works in: opset 17 and nothing else. The bodies of control-flow nodes mean the same versions.
   */
  readonly operatorSets?: ReadonlyMap<string, number>
  /** Operators that the file itself defines. They are kept as they are, and nothing is concluded about them. */
  readonly functions?: readonly LocalFunction[]
}

/** An operator that a model defines by a graph of its own. */
export interface LocalFunction {
  readonly domain: string
  readonly name: string
  /** As it stands in the file. */
  readonly bytes: Uint8Array
}

/** A graph with what a file says about it. */
export interface Model {
  readonly graph: Graph
  /** Version of the ONNX operator set in the file. What is written is the graph's, where it has its own. */
  readonly opset: number
  /** Version of the file format. */
  readonly irVersion: number
  readonly producerName: string
  readonly producerVersion: string
  /** Free-form text properties. */
  readonly metadata: Readonly<Record<string, string>>
  readonly documentation?: string
}
