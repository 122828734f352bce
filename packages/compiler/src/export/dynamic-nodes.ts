import type { UnsupportedError } from '@gantry/core'
import { programError } from '../errors.ts'
import { refuseMisread } from './misread-nodes.ts'

/** A node as TF.js's executor keeps it. */
export interface GraphNode {
  readonly name: string
  readonly op: string
  readonly category: string
  readonly inputs?: readonly GraphNode[]
  /** What the model's signature calls it. */
  readonly signatureKey?: string
  /** As the file has them. */
  readonly rawAttrs?: object
}

/** What a recording cannot hold of a graph model, and how to say it. */
interface Kind {
  readonly is: (node: GraphNode) => boolean
  readonly code: string
  readonly does: string
  readonly fix: string
}

const kinds: readonly Kind[] = [
  {
    is: ({ category, op }) => category === 'hash_table' || op.startsWith('HashTable') || op.startsWith('LookupTable'),
    code: 'LOOKUP_TABLE_UNSUPPORTED',
    does: 'looks values up in a table',
    fix: 'Look them up before the model runs: convert the TensorFlow model again from the inputs behind the table.',
  },
  {
    is: ({ category, op }) => category === 'dynamic' || /^(NonMaxSuppression|Where$|ListDiff)/.test(op),
    code: 'DYNAMIC_SHAPE_UNSUPPORTED',
    does: 'has results whose number depends on the data',
    fix: 'Export the part before it: convert the TensorFlow model again with the outputs that need no such step (non-maximum suppression, tf.where of one argument), and do it on the results.',
  },
  {
    is: ({ category }) => category === 'control',
    code: 'CONTROL_FLOW_UNSUPPORTED',
    does: 'decides while it runs what to compute next',
    fix: 'Export the part before it: convert the TensorFlow model again with the outputs that need no loops or conditions. Recurrent layers of Keras have none with unroll=True.',
  },
]

/** The part of control flow that every form of it has, and that a model without it has not. */
const PASSIVE = new Set(['Placeholder', 'PlaceholderWithDefault', 'NoOp', 'Const', 'Identity'])

function article(word: string): string {
  return /^[AEIOU]/.test(word) ? 'an' : 'a'
}

function refusal(model: string, kind: Kind, node: Pick<GraphNode, 'name' | 'op'>, cause?: unknown): UnsupportedError {
  const message = `${model} ${kind.does}: its node '${node.name}' is ${article(node.op)} ${node.op}. A recording follows one path, with results of known shapes.`
  return programError(kind.code, message, kind.fix, cause)
}

/**
 * Refuses a model that no shapes would help, before it is asked for any: one whose outputs need loops, conditions, tables or results of
 * unknown number, random numbers, or what TF.js misreads.
 *
 * @throws UnsupportedError `CONTROL_FLOW_UNSUPPORTED`, `DYNAMIC_SHAPE_UNSUPPORTED`, `LOOKUP_TABLE_UNSUPPORTED`, `NODE_MISREAD`,
 * `RANDOM_CONSTANT`
 */
export function refuseNodes(
  model: string,
  nodes: Readonly<Record<string, GraphNode>>,
  outputs: readonly string[],
): void {
  // A signature gives outputs other names than those of their nodes.
  const wanted = new Set(outputs.map((output) => output.replace(/:\d+$/, '')))
  const waiting = Object.values(nodes).filter(({ name, signatureKey }) => wanted.has(signatureKey ?? name))
  const seen = new Set(waiting)
  for (const node of waiting) {
    const kind = PASSIVE.has(node.op) ? undefined : kinds.find(({ is }) => is(node))
    if (kind !== undefined) throw refusal(model, kind, node)
    refuseMisread(model, node)
    for (const input of node.inputs ?? []) {
      if (!seen.has(input)) waiting.push(input)
      seen.add(input)
    }
  }
}

/** What TF.js says of a node that it runs asynchronously only; undefined where it says something else. */
export function asynchronousRefusal(model: string, cause: unknown): UnsupportedError | undefined {
  if (!(cause instanceof Error) || !cause.message.includes('executeAsync()')) return undefined
  const [, name = '?', op = 'operation'] =
    /the node '(.*?)', which has the dynamic op '(.*?)'/.exec(cause.message) ?? []
  const kind = kinds.find(({ is }) => is({ name, op, category: '' })) ?? kinds.at(-1)!
  return refusal(model, kind, { name, op }, cause)
}
