import type { VariantSource } from '../cases/cases.ts'
import { count, percent } from '../markdown.ts'
import { rounded } from '../statistics.ts'
import type { BenchTable } from './table.ts'

const TARGET_SHARE = 0.98
/** For seconds at a time one core is faster than the other: the median of 10 rounds of a loop and itself is off by up to 3%. */
const ROUNDS = 30

const generators: readonly { readonly name: string; readonly source: VariantSource; readonly batchSize: number }[] = [
  {
    name: 'dcgan 28×28',
    source: { variant: 'dcgan', options: {}, sampleShape: [28, 28, 1] },
    batchSize: 64,
  },
  {
    name: 'dcgan 64×64 RGB',
    source: { variant: 'dcgan', options: {}, sampleShape: [64, 64, 3] },
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
      const parameters = { source, batchSize, threads, rounds: ROUNDS, roundMs: 400 }
      const { sessionMs, bareMs, shareOfBare } = await bench.task('generation', parameters)
      data.push({
        name,
        batchSize,
        imagesPerSecond: rounded((batchSize * 1000) / sessionMs, 1),
        bareImagesPerSecond: rounded((batchSize * 1000) / bareMs, 1),
        shareOfBare: rounded(shareOfBare, 4),
        target: TARGET_SHARE,
      })
    }
    return {
      data,
      sections: [
        {
          heading: 'An exported generator, in batches',
          columns: ['generator', 'batch', 'images/s', 'onnxruntime-node alone', 'share', 'target'],
          rows: data.map((each) => [
            each.name,
            count(each.batchSize),
            count(each.imagesPerSecond),
            count(each.bareImagesPerSecond),
            percent(each.shareOfBare, 3),
            `≥ ${percent(TARGET_SHARE)}`,
          ]),
          notes: [
            `Gantry's session runs in a worker thread, which leaves the main thread free; alone is a loop over \`InferenceSession.run\` with the same graph and options. One call waits while one runs, in both. Both in turn in one process, medians of ${ROUNDS} rounds; the share is the median of each round's.`,
          ],
        },
      ],
    }
  },
}
