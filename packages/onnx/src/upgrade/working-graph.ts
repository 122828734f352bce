import { UnsupportedError } from '@gantry/core'
import type { Graph } from '../graph.ts'
import { NEWEST_OPSET, OPSET, opsetOf } from '../operator-sets.ts'
import { isCurrent } from './read-nodes.ts'
import { upgradeGraph } from './upgrade-graph.ts'

/**
 * A graph among whose nodes Gantry's own may stand, which mean opset 17: brought to it where it is older.
 *
 * @param owner what messages call the graph, at the start of a sentence
 * @param newest the newest operator set that the own nodes may be written for
 * @throws UnsupportedError `OPSET_UNSUITABLE` for a graph that cannot be brought there, or is newer
 */
export function workingGraph(graph: Graph, owner: string, newest = NEWEST_OPSET): Graph {
  const own = upgradeGraph(graph)
  if (isCurrent(own) && opsetOf(own) <= newest) return own
  const opset = opsetOf(graph)
  const why = opset < OPSET ? 'and uses operators that mean something else there' : 'which is newer'
  throw new UnsupportedError({
    code: 'OPSET_UNSUITABLE',
    message: `${owner} is written for operator set ${opset} of ONNX, ${why}; Gantry adds nodes of set ${OPSET} to it${newest > OPSET ? `, which also stand in sets up to ${newest}` : ''}.`,
    fix: `Convert it: in Python, onnx.version_converter.convert_version(onnx.load('model.onnx'), ${OPSET}).`,
  })
}
