import { imageField } from '@gantry/core'
import type { VariantSource } from '../cases/cases.ts'
import { count, percent } from '../markdown.ts'
import { median, rounded } from '../statistics.ts'
import type { BenchTable } from './table.ts'

const TARGET_SHARE = 0.98
/**
 * Which core a thread sits on stays as it is for a process, mostly, and changes the share by a few per cent either way; so does
 * a machine that changes its speed, within one.
 */
const PROCESSES = 9
/** Short ones: the machine changes its speed from one second to the next. */
const ROUNDS = 12
const ROUND_MS = 300

const generators: readonly { readonly name: string; readonly source: VariantSource; readonly batchSize: number }[] = [
  {
    name: 'dcgan 28×28',
    source: { variant: 'dcgan', options: {}, fields: { image: imageField([28, 28, 1]) } },
    batchSize: 64,
  },
  {
    name: 'dcgan 64×64 RGB',
    source: { variant: 'dcgan', options: {}, fields: { image: imageField([64, 64, 3]) } },
    batchSize: 64,
  },
]

/** What Gantry's inference session takes of ONNX Runtime's speed. */
export const generationTable: BenchTable = {
  name: 'generation',
  title: 'Generating images',
  async measure(bench) {
    const { threads } = bench.options
    const data = []
    for (const { name, source, batchSize } of generators) {
      bench.log(`generation: ${name}`)
      const parameters = { source, batchSize, threads, rounds: ROUNDS, roundMs: ROUND_MS }
      const timed: { session: number; bare: number }[] = []
      const shares: number[] = []
      for (let process = 0; process < PROCESSES; process++) {
        const { rounds } = await bench.task('generation', parameters)
        timed.push(...rounds)
        shares.push(median(rounds.map(({ session, bare }) => bare / session)))
      }
      const imagesPerSecond = (contender: 'session' | 'bare') =>
        rounded((batchSize * 1000) / median(timed.map((round) => round[contender])), 1)
      data.push({
        name,
        batchSize,
        imagesPerSecond: imagesPerSecond('session'),
        bareImagesPerSecond: imagesPerSecond('bare'),
        shareOfBare: rounded(median(timed.map(({ session, bare }) => bare / session)), 4),
        sharesOfProcesses: shares.map((share) => rounded(share, 4)),
        target: TARGET_SHARE,
      })
    }
    return {
      data,
      sections: [
        {
          heading: 'An exported generator, in batches',
          columns: ['generator', 'batch', 'images/s', 'onnxruntime-node alone', 'share', 'of processes', 'target'],
          rows: data.map((each) => [
            each.name,
            count(each.batchSize),
            count(each.imagesPerSecond),
            count(each.bareImagesPerSecond),
            percent(each.shareOfBare, 3),
            `${percent(Math.min(...each.sharesOfProcesses), 3)} – ${percent(Math.max(...each.sharesOfProcesses), 3)}`,
            `≥ ${percent(TARGET_SHARE)}`,
          ]),
          notes: [
            `Gantry's session runs in a worker thread, which leaves the main thread free; alone is a loop over \`InferenceSession.run\` with the same graph and options. One to seven calls wait while one runs, in both, as \`generateBatches\` has it; short runs that wait travel together. Both in turn, in ${PROCESSES} processes of ${ROUNDS} rounds each; medians of all rounds, the share is the median of each round's.`,
          ],
        },
      ],
    }
  },
}
