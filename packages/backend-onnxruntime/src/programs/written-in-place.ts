import { sizeOfShape } from '@gantry/core'
import { type Graph, type GraphIndex, graphIndex, type Node } from '@gantry/onnx'
import { knownShape } from './graph-values.ts'

/** Operators that go number by number: their kernels may write where they read any of their operands. */
const elementwise: ReadonlySet<string> = new Set(['Add', 'Sub', 'Mul', 'Div'])

/** Below this many numbers there is nothing to be saved. */
const LEAST = 1 << 18

/**
 * The variables that a program can write in the memory of their old values, as an optimizer's moments or a pool of images: the node
 * that writes the new value reads the old one, and whoever else reads the old one has done so before, whatever the order of nodes.
 *
 * A weight is none of them: gradients of the layers below read it, and nothing waits for those.
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
  const found = [...written].filter(([value, variable]) => {
    const olds = [...stateOf].filter(([, state]) => state === variable)
    return olds.length === 1 && isLastReader(index, olds[0]![0], value)
  })
  return new Map(found)
}

function isLastReader(index: GraphIndex, old: string, next: string): boolean {
  const writer = index.writers.get(next)
  const shape = knownShape(index.inputs.get(old))
  if (writer === undefined || shape === undefined || sizeOfShape(shape) < LEAST || index.pinned.has(old)) return false
  if (!writesOver(writer, old)) return false
  const before = ancestorsOf(index, writer)
  return (index.readers.get(old) ?? []).every((reader) => reader === writer || before.has(reader))
}

/** Whether a node's kernel may write in the memory of this input. */
function writesOver({ operator, domain, inputs }: Node, input: string): boolean {
  if (domain !== undefined) return false
  // Rows that it does not name stay as they are.
  return operator === 'ScatterND'
    ? inputs.indexOf(input) === inputs.lastIndexOf(input) && inputs[0] === input
    : elementwise.has(operator) && inputs.includes(input)
}

/** The nodes that a node waits for. */
function ancestorsOf(index: GraphIndex, node: Node): ReadonlySet<Node> {
  const found = new Set<Node>()
  const open = [node]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const input of next.inputs) {
      const writer = index.writers.get(input)
      if (writer === undefined || found.has(writer)) continue
      found.add(writer)
      open.push(writer)
    }
  }
  return found
}
