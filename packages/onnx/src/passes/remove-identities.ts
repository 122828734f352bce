import type { NDArray, TensorSpec } from '@gantry/core'
import type { Graph, Node } from '../graph.ts'
import { capturedValues } from './captured-values.ts'
import { renameValues } from './rename-values.ts'

/** Drops nodes that hand on their input: Identity, and Cast, Transpose, Reshape, Expand, Slice and Pad that change nothing. */
export function removeIdentities(graph: Graph): Graph {
  const outputNames = new Set(graph.outputs.map(({ name }) => name))
  const written = new Set(graph.nodes.flatMap(({ outputs }) => outputs))
  const pinned = capturedValues(graph)
  const specs = new Map<string, TensorSpec>([...graph.initializers, ...graph.valueSpecs])
  for (const input of graph.inputs) specs.set(input.name, input)
  const renames = new Map<string, string>()
  const resolve = (name: string): string => {
    const next = renames.get(name)
    return next === undefined ? name : resolve(next)
  }
  const nodes = graph.nodes.filter((node) => {
    const [output] = node.outputs as [string]
    if (pinned.has(output) || !handsOn(node, specs, graph.initializers)) return true
    const input = resolve(node.inputs[0]!)
    if (!outputNames.has(output)) {
      renames.set(output, input)
      return false
    }
    // A graph output keeps its name: what wrote the input writes it instead, unless the input's name must stay, too.
    if (!written.has(input) || outputNames.has(input) || pinned.has(input)) return true
    renames.set(input, output)
    return false
  })
  return nodes.length === graph.nodes.length ? graph : renameValues({ ...graph, nodes }, renames)
}

function handsOn(
  { operator, domain, inputs, outputs, attributes }: Node,
  specs: ReadonlyMap<string, TensorSpec>,
  constants: ReadonlyMap<string, NDArray>,
): boolean {
  if (domain !== undefined) return false
  const [before, after] = [specs.get(inputs[0] ?? ''), specs.get(outputs[0] ?? '')]
  switch (operator) {
    case 'Identity':
      return true
    case 'Cast':
      return before !== undefined && before.dtype === after?.dtype
    case 'Transpose':
      return attributes.perm?.type === 'ints' && attributes.perm.value.every((axis, index) => axis === index)
    case 'Reshape':
      // The size is the same, so one symbolic axis is decided by the others.
      return sameShape(before, after, 1)
    case 'Expand':
      return sameShape(before, after, 0)
    case 'Slice':
      return sameSlices(inputs, before, after, constants)
    case 'Pad':
      return numbersOf(constants, inputs[1])?.every((length) => length === 0) === true
    default:
      return false
  }
}

/** Every axis that is cut keeps its length, and is not turned round. */
function sameSlices(
  inputs: readonly string[],
  before: TensorSpec | undefined,
  after: TensorSpec | undefined,
  constants: ReadonlyMap<string, NDArray>,
): boolean {
  const [axes, steps] = [
    numbersOf(constants, inputs[3]),
    (inputs[4] ?? '') === '' ? [] : numbersOf(constants, inputs[4]),
  ]
  if (axes === undefined || steps?.every((step) => step === 1) !== true) return false
  return axes.every((axis) => {
    const [length, kept] = [before?.shape.at(axis), after?.shape.at(axis)]
    return typeof length === 'number' && length === kept
  })
}

function numbersOf(constants: ReadonlyMap<string, NDArray>, name: string | undefined): readonly number[] | undefined {
  const array = constants.get(name ?? '')
  return array && Array.from(array.data as BigInt64Array, Number)
}

/** Files of others use one symbol for lengths that differ: only so many symbolic axes are believed to be equal. */
function sameShape(before: TensorSpec | undefined, after: TensorSpec | undefined, symbols: number): boolean {
  if (before === undefined || before.shape.length !== after?.shape.length) return false
  const symbolic = before.shape.filter((length) => typeof length === 'string')
  return symbolic.length <= symbols && before.shape.every((length, axis) => length === after.shape[axis])
}
