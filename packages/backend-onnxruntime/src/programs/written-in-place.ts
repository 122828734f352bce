import { sizeOfShape } from '@gantry/core'
import { type Graph, type GraphIndex, graphIndex, type Node } from '@gantry/onnx'
import { elementwise, knownShape, reshaping } from './graph-values.ts'

/** Below this many numbers there is nothing to be saved. */
const LEAST = 1 << 18

/**
 * The variables that a program can write in the memory of their old values, as a pool of images: the node that writes the new value
 * reads the old one, and whoever else reads the old one has done so before, whatever the order of nodes.
 *
 * @param stateOf variables by the names of the graph inputs that hold them
 * @param written variables by the names of the graph outputs that replace them
 * @returns those of `written` that can
 */
export function writtenInPlace(
  graph: Graph,
  stateOf: ReadonlyMap<string, string>,
  written: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const index = graphIndex(graph)
  const olds = new Map<string, string[]>()
  for (const [old, variable] of stateOf) olds.set(variable, [...(olds.get(variable) ?? []), old])
  const canBe = ([next, variable]: readonly [string, string]): boolean => {
    const [old, ...others] = olds.get(variable) ?? []
    const writer = index.writers.get(next)
    if (old === undefined || others.length > 0 || writer === undefined || index.pinned.has(old)) return false
    const shape = knownShape(index.inputs.get(old))
    if (shape === undefined || sizeOfShape(shape) < LEAST || !writesOver(writer, old)) return false
    const before = nodesBefore(index, writer)
    return readersOf(index, old)?.every((reader) => reader === writer || before.has(reader)) === true
  }
  return new Map([...written].filter(canBe))
}

/** The nodes that a node waits for. */
function nodesBefore({ writers }: GraphIndex, node: Node): ReadonlySet<Node> {
  const found = new Set<Node>()
  const open = [node]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const input of next.inputs) {
      const writer = writers.get(input)
      if (writer === undefined || found.has(writer)) continue
      found.add(writer)
      open.push(writer)
    }
  }
  return found
}

/**
 * The nodes that compute with a value. A reshaped value lies where it lay, and ONNX Runtime lets products do the transposes
 * that they read: both are looked through.
 */
function readersOf({ pinned, readers }: GraphIndex, value: string): readonly Node[] | undefined {
  const found: Node[] = []
  const open = [value]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (pinned.has(next)) return undefined
    for (const reader of readers.get(next) ?? []) {
      const passes = reader.domain === undefined && (reshaping.has(reader.operator) || reader.operator === 'Transpose')
      if (passes) open.push(...reader.outputs)
      else found.push(reader)
    }
  }
  return found
}

/** Whether a node's kernel may write in the memory of this input. */
function writesOver({ operator, domain, inputs }: Node, input: string): boolean {
  if (domain !== undefined) return false
  // Rows that it does not name stay as they are.
  return operator === 'ScatterND'
    ? inputs.indexOf(input) === inputs.lastIndexOf(input) && inputs[0] === input
    : elementwise.has(operator) && inputs.includes(input)
}
