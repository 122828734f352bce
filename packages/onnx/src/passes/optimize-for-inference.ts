import type { Graph } from '../graph.ts'
import { isCurrent } from '../upgrade/read-nodes.ts'
import { upgradeGraph } from '../upgrade/upgrade-graph.ts'
import { foldAffine } from './affine/fold-affine.ts'
import { foldAffineBefore } from './affine/fold-affine-before.ts'
import { foldConstants } from './fold-constants.ts'
import { fuseParametricRelu } from './fuse-parametric-relu.ts'
import { nameValues } from './name-values.ts'
import { optimizeGraph } from './optimize-graph.ts'
import { removeClampedRelu } from './remove-clamped-relu.ts'
import { simplifyReshapes } from './simplify-reshapes.ts'
import { simplifyResizes } from './simplify-resizes.ts'
import { absorbTransposes } from './transposes/absorb-transposes.ts'
import { mergeTransposes } from './transposes/merge-transposes.ts'
import { sinkTransposes } from './transposes/sink-transposes.ts'
import { type Pass, untilStable } from './until-stable.ts'

/** In an order in which one makes work for the next. */
const passes: readonly Pass[] = [
  optimizeGraph,
  foldConstants,
  simplifyReshapes,
  simplifyResizes,
  foldAffine,
  foldAffineBefore,
  removeClampedRelu,
  fuseParametricRelu,
  mergeTransposes,
  absorbTransposes,
]

/**
 * What {@link optimizeGraph} does, and what is right only for weights that no longer change: nodes of constants are
 * computed, batch normalization and biases become part of the convolution or product before them, PReLU becomes one node,
 * transposes and reshapes go where weights can take them over.
 *
 * A graph of an older operator set is brought to the working one first ({@link upgradeGraph}); one that cannot be stays as it
 * is. Results equal the graph's up to rounding. Inputs and outputs keep names and order; nodes and values that builders or
 * passes have named are numbered anew.
 */
export function optimizeForInference(graph: Graph): Graph {
  const own = upgradeGraph(graph)
  if (!isCurrent(own)) return graph
  // Transposes sink last: that looks at the whole graph, and what remains of them then is worth moving.
  return nameValues(untilStable(own, [(each) => untilStable(each, passes), sinkTransposes]))
}
