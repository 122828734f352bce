import { count, times } from '../markdown.ts'
import { peersOf } from '../summarize.ts'
import type { BenchTable } from './table.ts'

interface Memory {
  readonly case: string
  /** Largest resident size by engine, in megabytes. */
  readonly peakMb: Readonly<Record<string, number>>
}

/** The largest resident size of the process that trains: Node, TF.js and the compiler included on Gantry's side. */
export const memoryTable: BenchTable = {
  name: 'memory',
  title: 'Memory of a training step',
  async measure(bench) {
    const engines = ['onnxruntime', ...peersOf(bench.options.engines)]
    const data = (await bench.measuredCases()).map(({ case: { name }, outcomes }): Memory => {
      const peakMb: Record<string, number> = {}
      for (const engine of engines) {
        const outcome = outcomes.get(engine)
        if (outcome?.status === 'measured') peakMb[engine] = Math.round(outcome.peakMemoryMb)
      }
      return { case: name, peakMb }
    })
    const peers = engines.slice(1).filter((peer) => data.some(({ peakMb }) => peakMb[peer] !== undefined))
    return {
      data,
      sections: [
        {
          heading: 'Largest resident size of the process, MB',
          columns: ['case', 'onnxruntime', ...peers.map((peer) => `${peer} (of it Gantry takes)`)],
          rows: data.map(({ case: name, peakMb }) => [
            name,
            count(peakMb.onnxruntime),
            ...peers.map((peer) => {
              const [own, other] = [peakMb.onnxruntime, peakMb[peer]]
              if (other === undefined) return '–'
              return own === undefined ? count(other) : `${count(other)} (${times(own / other)})`
            }),
          ]),
          notes: [
            'Everything that the process needs is in it: the runtime, the library, the compiler, weights and optimizer.',
          ],
        },
      ],
    }
  },
}
