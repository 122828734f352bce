import { count, milliseconds } from '../markdown.ts'
import { fitExponent, median, rounded } from '../statistics.ts'
import type { BenchTable } from './table.ts'

/** Nodes of the compiled graph that each layer of the synthetic step adds. */
const NODES_PER_LAYER = 37
const SYNTHETIC_NODES = [2500, 5000, 10_000]
/** Processes that each compile once; the median counts. */
const RUNS = 3
/** Targets in milliseconds, by what they are for. */
const TARGET_MS: Readonly<Record<string, number>> = { tutorial: 500, 'synthetic 10000': 3000 }

interface Compilation {
  readonly name: string
  readonly nodes: number
  readonly compileMs: number
  readonly loadMs: number
  readonly targetMs?: number
}

/** How long a program of TF.js takes to become a graph, and that graph a session. */
export const compileTable: BenchTable = {
  name: 'compile',
  title: 'Compiling a step',
  async measure(bench) {
    const { threads } = bench.options
    const inputs = [
      ...bench.options.cases.map(({ name }) => [name, { case: name, threads }] as const),
      ...SYNTHETIC_NODES.map(
        (nodes) => [`synthetic ${nodes}`, { layers: Math.round(nodes / NODES_PER_LAYER), threads }] as const,
      ),
    ]
    const data: Compilation[] = []
    for (const [name, parameters] of inputs) {
      bench.log(`compile: ${name}`)
      const runs = []
      for (let run = 0; run < RUNS; run++) runs.push(await bench.task('compile', parameters))
      data.push({
        name,
        nodes: runs[0]!.nodes,
        compileMs: rounded(median(runs.map(({ compileMs }) => compileMs)), 1),
        loadMs: rounded(median(runs.map(({ loadMs }) => loadMs)), 1),
        ...(TARGET_MS[name] !== undefined && { targetMs: TARGET_MS[name] }),
      })
    }
    const synthetic = data.filter(({ name }) => name.startsWith('synthetic'))
    const { exponent } = fitExponent(synthetic.map(({ nodes, compileMs }) => [nodes, compileMs]))
    return {
      data: { compilations: data, exponent: rounded(exponent, 2) },
      sections: [
        {
          heading: 'Recording and compiling, each in a process that compiled nothing before',
          columns: ['step', 'nodes', 'record + compile ms', 'target ms', 'load into ONNX Runtime ms'],
          rows: data.map(({ name, nodes, compileMs, targetMs, loadMs }) => [
            name,
            count(nodes),
            milliseconds(compileMs),
            targetMs === undefined ? '–' : `≤ ${count(targetMs)}`,
            milliseconds(loadMs),
          ]),
          notes: [
            `Time grows with the nodes of the synthetic steps to the power of ${exponent.toFixed(2)}: 1 is linear.`,
            'A synthetic step trains a deep, narrow network with Adam: it is all nodes and no work.',
          ],
        },
      ],
    }
  },
}
