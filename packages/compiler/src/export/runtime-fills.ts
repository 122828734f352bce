import type { GraphNode } from './dynamic-nodes.ts'

/** The parts of a node by which TF.js's executor finds what it does, and with what. */
interface ExecutedNode extends GraphNode {
  op: string
  category: string
  inputParams?: Readonly<Record<string, { readonly type: string; readonly inputIndexStart: number }>>
}

/**
 * Runs `body` while every Fill whose number is computed as the model runs is the BroadcastTo that it means: TF.js reads that number, which
 * a recording does not have.
 */
export function withRuntimeFills<Result>(nodes: Readonly<Record<string, GraphNode>>, body: () => Result): Result {
  const fills = (Object.values(nodes) as ExecutedNode[]).filter(
    ({ op, category, inputs }) => op === 'Fill' && category !== 'custom' && inputs?.[1] && inputs[1].op !== 'Const',
  )
  const before = fills.map(({ op, category, inputParams }) => ({ op, category, inputParams }))
  for (const node of fills) {
    Object.assign(node, {
      op: 'BroadcastTo',
      category: 'transformation',
      inputParams: { x: { type: 'tensor', inputIndexStart: 1 }, shape: { type: 'number[]', inputIndexStart: 0 } },
    })
  }
  try {
    return body()
  } finally {
    for (const [index, node] of fills.entries()) Object.assign(node, before[index])
  }
}
