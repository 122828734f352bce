import type { MeasuredCase } from '../bench.ts'
import { count, milliseconds, percent, type Section, times } from '../markdown.ts'
import { peersOf, type Result, summarize } from '../summarize.ts'
import type { BenchTable } from './table.ts'

interface SummarizedCase {
  readonly name: string
  readonly title: string
  readonly batchSize: number
  readonly flops: number
  readonly warnings: readonly string[]
  readonly results: readonly Result[]
}

/** Training steps of every engine: ratios first. */
export const casesTable: BenchTable = {
  name: 'cases',
  title: 'Training steps',
  async measure(bench) {
    const peakGflops = await bench.peakGflops()
    const measured = await bench.measuredCases()
    const peers = peersOf(bench.options.engines)
    const data = measured.map((each): SummarizedCase => summary(each, peers, peakGflops))
    return {
      data,
      sections: [ratios(data, peers), ...data.map((each, index) => section(each, measured[index]!, peers))],
    }
  },
}

function summary(
  { case: { name, title, batchSize }, flops, outcomes, warnings }: MeasuredCase,
  peers: readonly string[],
  peakGflops: number | undefined,
): SummarizedCase {
  const results = summarize(outcomes, peers, { batchSize, flops, peakGflops })
  return { name, title, batchSize, flops, warnings, results }
}

const ours = ({ results }: SummarizedCase) => results.find(({ engine }) => engine === 'onnxruntime')

function ratios(cases: readonly SummarizedCase[], peers: readonly string[]): Section {
  return {
    heading: "Gantry's speed over its peers'",
    columns: ['case', ...peers, 'of peak'],
    rows: cases.map((each) => {
      const own = ours(each)
      return [each.name, ...peers.map((peer) => times(own?.speedOver?.[peer])), percent(own?.shareOfPeak)]
    }),
    notes: [
      'Above 1× Gantry is faster. Each ratio is of the median times of interleaved rounds on one machine.',
      'Above 100% of peak an engine multiplies less than the case does on paper: Winograd and Fourier convolutions.',
      'Peers judge real and generated images in one batch or in two, whichever is faster, where that gives the same numbers.',
    ],
  }
}

function section(
  { title, batchSize, flops, results, warnings }: SummarizedCase,
  { case: { description } }: MeasuredCase,
  allPeers: readonly string[],
): Section {
  const peers = allPeers.filter((peer) => results.some(({ speedOver }) => speedOver?.[peer] !== undefined))
  const range = ({ medianMs, minMs, maxMs }: Result) =>
    medianMs === undefined ? '–' : `${milliseconds(minMs)} – ${milliseconds(maxMs)}`
  return {
    heading: `${title}, batch ${batchSize}`,
    columns: [
      'engine',
      'version',
      'median ms',
      'min – max ms',
      'images/s',
      ...peers.map((peer) => `${peer} = 1`),
      'of peak',
      'peak MB',
      'note',
    ],
    rows: results.map((result) => [
      result.engine,
      result.version ?? '–',
      milliseconds(result.medianMs),
      range(result),
      count(result.imagesPerSecond, result.imagesPerSecond !== undefined && result.imagesPerSecond < 10 ? 2 : 0),
      ...peers.map((peer) => times(result.speedOver?.[peer])),
      percent(result.shareOfPeak),
      count(result.peakMemoryMb),
      noteOf(result),
    ]),
    notes: [
      `One step: ${description}; float32.`,
      `Share of peak counts the ${(flops / 1e9).toFixed(1)} GFLOP of matrix products and convolutions only.`,
      ...warnings.map((warning) => `**Not comparable**: ${warning}`),
    ],
  }
}

function noteOf({ failed, skipped, note = '' }: Result): string {
  if (failed !== undefined) return `cannot: ${failed}`
  return skipped === undefined ? note : `skipped: ${skipped}`
}
