import { float32 } from '@gantry/core'
import { calls, type Graph, type Node } from '../graph.ts'
import { GraphEdit } from './graph-edit.ts'

/**
 * Lets a Resize whose target the graph computes (an unknown batch stands in it) take constant scales instead: 1 for the axes
 * that keep their length, and for the others the quotient that engines would compute themselves.
 */
export function simplifyResizes(graph: Graph): Graph {
  const edit = new GraphEdit(graph)
  for (const node of graph.nodes) {
    const scales = calls(node, 'Resize') ? scalesOf(edit, node) : undefined
    if (scales === undefined) continue
    const name = edit.addConstant('scales', float32([scales.length], scales))
    edit.replace(node, [{ ...node, inputs: [node.inputs[0]!, node.inputs[1]!, name] }])
  }
  return edit.finish()
}

/** Undefined where the target is constant already, a length is unknown, or a scale would miss it by rounding. */
function scalesOf(edit: GraphEdit, { inputs, outputs, attributes }: Node): number[] | undefined {
  if (attributes.axes !== undefined || attributes.keep_aspect_ratio_policy !== undefined) return undefined
  const [before, after] = [edit.spec(inputs[0]!)?.shape, edit.spec(outputs[0]!)?.shape]
  const target = inputs[3] ?? ''
  if (target === '' || edit.constant(target) !== undefined || before?.length !== after?.length) return undefined
  const scales = before?.map((length, axis) => {
    const wanted = after![axis]!
    if (length === wanted) return 1
    if (typeof length !== 'number' || typeof wanted !== 'number') return undefined
    const scale = Math.fround(wanted / length)
    // Engines multiply in float32, checkers in float64.
    const lengths = [length * scale, Math.fround(length * scale)]
    return lengths.every((product) => Math.floor(product) === wanted) ? scale : undefined
  })
  return scales?.every((scale) => scale !== undefined) ? scales : undefined
}
