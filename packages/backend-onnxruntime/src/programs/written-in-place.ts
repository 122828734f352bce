import { sizeOfShape } from '@gantry/core'
import { type Graph, type GraphIndex, graphIndex, type Node } from '@gantry/onnx'
import { Dependencies } from './dependencies.ts'
import { elementwise, knownShape, reshaping } from './graph-values.ts'

/** Below this many numbers there is nothing to be saved. */
const LEAST = 1 << 18

/** A variable whose new value a node writes that reads the old one, and may write where that lies. */
export interface Replacement {
  readonly variable: string
  /** The graph's input that holds it, and its output that replaces it. */
  readonly old: string
  readonly next: string
  readonly writer: Node
}

/**
 * The variables that a program can write in the memory of their old values, as an optimizer's moments or a pool of images: the node
 * that writes the new value reads the old one, and whoever else reads the old one has done so before, whatever the order of nodes.
 * A weight is one of them where its update waits for the gradients that read it: `updateLast` sees to that.
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
  const dependencies = new Dependencies(index)
  const found = replacements(index, stateOf, written).filter(
    ({ old, writer }) => lateReaders(index, dependencies, old, writer)?.length === 0,
  )
  return new Map(found.map(({ next, variable }) => [next, variable]))
}

/** Large variables that could be written where they lie, but for those who may read the old value later. */
export function replacements(
  { inputs, pinned, writers }: GraphIndex,
  stateOf: ReadonlyMap<string, string>,
  written: ReadonlyMap<string, string>,
): readonly Replacement[] {
  const olds = new Map<string, string[]>()
  for (const [old, variable] of stateOf) olds.set(variable, [...(olds.get(variable) ?? []), old])
  return [...written].flatMap(([next, variable]) => {
    const [old, ...others] = olds.get(variable) ?? []
    const writer = writers.get(next)
    if (old === undefined || others.length > 0 || writer === undefined || pinned.has(old)) return []
    const shape = knownShape(inputs.get(old))
    if (shape === undefined || sizeOfShape(shape) < LEAST || !writesOver(writer, old)) return []
    return [{ variable, old, next, writer }]
  })
}

/** Who reads the old value and may do so after its update; undefined where that is not known. */
export function lateReaders(
  index: GraphIndex,
  dependencies: Dependencies,
  old: string,
  writer: Node,
): readonly Node[] | undefined {
  const readers = readersOf(index, old)
  if (readers === undefined) return undefined
  const before = dependencies.before(writer)
  return readers.filter((reader) => reader !== writer && !before.has(reader))
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
