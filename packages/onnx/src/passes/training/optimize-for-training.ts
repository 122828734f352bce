import type { Graph } from '../../graph.ts'
import { isCurrent } from '../../upgrade/read-nodes.ts'
import { upgradeGraph } from '../../upgrade/upgrade-graph.ts'
import { foldConstants } from '../fold-constants.ts'
import { optimizeGraph } from '../optimize-graph.ts'
import { mergeReshapes } from '../simplify-reshapes.ts'
import { mergeTransposes } from '../transposes/merge-transposes.ts'
import { type Pass, untilStable } from '../until-stable.ts'
import { dropBroadcastReshapes } from './drop-broadcast-reshapes.ts'
import { dropCentredSums } from './drop-centred-sums.ts'
import { dropLastOnes } from './drop-last-ones.ts'
import { foldScalarFactors } from './fold-scalar-factors.ts'
import { joinBiases } from './join-biases.ts'
import { lengthenBroadcasts } from './lengthen-broadcasts.ts'
import { permuteSmallerOperand } from './permute-smaller-operand.ts'
import { scaleChannels } from './scale-channels.ts'
import { splitReductions } from './split-reductions.ts'

/** In an order in which one makes work for the next. */
const passes: readonly Pass[] = [
  optimizeGraph,
  foldConstants,
  mergeReshapes,
  dropBroadcastReshapes,
  mergeTransposes,
  dropCentredSums,
  joinBiases,
  permuteSmallerOperand,
  scaleChannels,
  foldScalarFactors,
]

/** Ways in which ONNX Runtime is faster, and that other passes would not know again. */
const lastPasses: readonly Pass[] = [splitReductions, dropLastOnes, lengthenBroadcasts, optimizeGraph]

/**
 * What {@link optimizeGraph} does, and what makes steps fast whose weights change with every run: fewer passes over large
 * values, fewer transposes.
 *
 * Older operator sets are treated as by `optimizeForInference`. Results equal the graph's up to rounding. Inputs and outputs
 * keep names and order.
 */
export function optimizeForTraining(graph: Graph): Graph {
  const own = upgradeGraph(graph)
  if (!isCurrent(own)) return graph
  return untilStable(untilStable(own, passes), lastPasses)
}
