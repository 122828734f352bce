import { type Graph, graphIndex, int64Vector, type Node } from '@gantry/onnx'
import { knownShape, nodeFor, shapeOf, sizeOf } from './graph-values.ts'
import { MemoryModel, type Recomputable } from './memory-model.ts'
import { repeatTransposes } from './repeat-transposes.ts'
import { Rewiring } from './rewiring.ts'

/** Numbers of a value that may be computed again rather than kept: 4 MB of float32. */
const LARGE = 2 ** 20

/** Numbers of a value that may be computed for every reader: 32 MB of float32. */
const HUGE = 2 ** 23

/** A reader so many nodes after the one before belongs to another pass through the network. */
const FAR = 100

/** Numbers below which it is not worth the time: 80 MB of float32, less than a process takes without a model. */
const ENOUGH = 5 * 2 ** 22

/** How far programs may stay above the least memory that the largest of them can do with: the last bit takes the most time. */
const SLACK = 1.05

/** Operators that take little time when all of their operands but one are constant. */
const cheap: ReadonlySet<string> = new Set(['Gather', 'Gemm', 'MatMul', 'Pad', 'Reshape', 'Transpose'])

/** Those of them that move numbers one by one, at a fraction of the speed of the others. */
const scattering: ReadonlySet<string> = new Set(['Gather', 'Pad', 'Transpose'])

/**
 * Computes large values in the domain of a transform again where a gradient reads them, rather than keep them till then.
 *
 * The gradient of a convolution's kernel reads the transformed input of the forward pass, the gradient of its input the
 * transformed kernel. Both are larger than what they are computed from, which is kept anyway, and take a few per cent of the
 * time of the products that follow. Of the programs, which share their memory, only those that need the most do it, and only
 * with as many values as it takes.
 *
 * @param zero an int64[1] that holds 0, and of which ONNX Runtime does not know it: else it would find both results equal
 */
export function recomputeTransforms(graphs: readonly Graph[], zero: string): readonly Graph[] {
  const programs = graphs.map((own) => {
    const graph = repeatTransposes(own)
    const candidates = findCandidates(graph)
    const memory = new MemoryModel(graph)
    return { own, graph, candidates, memory, least: memory.peak(new Set(candidates)) }
  })
  const target = Math.max(ENOUGH, SLACK * Math.max(...programs.map(({ least }) => least)))
  return programs.map(({ own, graph, candidates, memory }) => {
    const chosen = choose(graph, candidates, (recomputed) => memory.peak(recomputed) <= target)
    return chosen.size === 0 ? own : recompute(graph, chosen, zero)
  })
}

function findCandidates(graph: Graph): readonly Recomputable[] {
  const places = new Map(graph.nodes.map((node, place) => [node, place]))
  const { inputs, pinned, writers, readers } = graphIndex(graph)
  const candidates = graph.nodes.flatMap((last): Recomputable[] => {
    const value = last.outputs[0]!
    const size = sizeOf(graph, value)
    if (size < LARGE || pinned.has(value) || isPartOfProducts(last, readers)) return []
    const { start, chain } = chainTo(graph, last, writers)
    if (chain.every(({ operator }) => operator === 'Reshape') || startShape(graph, start) === undefined) return []
    const groups: Node[][] = []
    let previous = Number.NEGATIVE_INFINITY
    for (const reader of readers.get(value) ?? []) {
      const place = places.get(reader)!
      if (place - previous > (size < HUGE ? FAR : 0)) groups.push([])
      groups.at(-1)!.push(reader)
      previous = place
    }
    return groups.length > 1 ? [{ last, value, start, chain, groups }] : []
  })
  // Together they take more than what they are computed from and has to be kept for them.
  return candidates.filter(({ start }) => {
    if (inputs.has(start)) return true
    const siblings = candidates.filter((other) => other.start === start)
    return siblings.reduce((sum, { value }) => sum + sizeOf(graph, value), 0) > sizeOf(graph, start)
  })
}

/** Whether a node is a transpose that the products which read it do themselves. */
function isPartOfProducts({ operator, outputs }: Node, readers: ReadonlyMap<string, readonly Node[]>): boolean {
  return operator === 'Transpose' && (readers.get(outputs[0]!) ?? []).every((reader) => reader.operator === 'MatMul')
}

/** As few of the candidates as fit: all, less those that can be left out, the slowest first. */
function choose(
  graph: Graph,
  candidates: readonly Recomputable[],
  fits: (recomputed: ReadonlySet<Recomputable>) => boolean,
): ReadonlySet<Recomputable> {
  /** Numbers moved for every number that need not be kept. */
  const cost = ({ chain, value }: Recomputable) => {
    const moved = chain.map(({ operator, outputs }) => (scattering.has(operator) ? 4 : 1) * sizeOf(graph, outputs[0]!))
    return moved.reduce((sum, each) => sum + each, 0) / sizeOf(graph, value)
  }
  const chosen = new Set(candidates)
  for (const candidate of [...candidates].sort((left, right) => cost(right) - cost(left))) {
    chosen.delete(candidate)
    if (!fits(chosen)) chosen.add(candidate)
  }
  return chosen
}

function recompute(graph: Graph, chosen: ReadonlySet<Recomputable>, zero: string): Graph {
  const initializers = new Map(graph.initializers)
  const valueSpecs = new Map(graph.valueSpecs)
  const rewiring = new Rewiring()
  for (const { last, value, start, chain, groups } of chosen) {
    for (const [index, group] of groups.entries()) {
      if (index === 0) continue
      const again = (name: string) => `again.${index}.${value}.${name}`
      const [lengths, target] = [again('lengths'), again('target')]
      initializers.set(lengths, int64Vector(startShape(graph, start)!))
      for (const output of chain.flatMap(({ outputs }) => outputs)) {
        valueSpecs.set(again(output), graph.valueSpecs.get(output)!)
      }
      // A reshape to the same shape, whose target is not known to be it.
      const begin = [nodeFor('Sub', [lengths, zero], [target]), nodeFor('Reshape', [start, target], [again(start)])]
      const copies = chain.map((node) => ({
        ...node,
        name: again(node.name),
        inputs: node.inputs.map((input) => (input === '' || initializers.has(input) ? input : again(input))),
        outputs: node.outputs.map(again),
      }))
      // Of the nodes that write a node's operands, ONNX Runtime runs the one that stands first in the graph last.
      rewiring.insertAfter(last, [...begin, ...copies])
      for (const reader of group) rewiring.replaceInput(reader, value, again(value))
    }
  }
  return { ...graph, nodes: rewiring.applyTo(graph), initializers, valueSpecs }
}

/** The shape of what a node writes, or of an input, if all of its lengths are known. */
function startShape(graph: Graph, start: string): readonly number[] | undefined {
  return knownShape(graphIndex(graph).inputs.get(start)) ?? shapeOf(graph, start)
}

/** The cheap nodes, one after the other, that a node ends, and the value that they start from. */
function chainTo(
  { initializers }: Graph,
  last: Node,
  writers: ReadonlyMap<string, Node>,
): { readonly start: string; readonly chain: readonly Node[] } {
  const chain: Node[] = []
  let start = last.outputs[0]!
  for (let node: Node | undefined = last; node !== undefined; node = writers.get(start)) {
    const operands = node.inputs.filter((input) => input !== '' && !initializers.has(input))
    if (!cheap.has(node.operator) || node.domain !== undefined || operands.length !== 1) break
    chain.unshift(node)
    start = operands[0]!
  }
  return { start, chain }
}
