import { join } from 'node:path'
import { imageField } from '@gantry/core'
import type { VariantSource } from '../cases/cases.ts'
import { count, times } from '../markdown.ts'
import { rounded } from '../statistics.ts'
import { writePhotographs } from '../write-photographs.ts'
import type { BenchTable } from './table.ts'

const BATCH_SIZE = 64
const STEPS = 3

/** Data sets, and what trains on their images. */
interface Pipeline {
  readonly name: string
  readonly options: { readonly size?: number }
  /** Batches to draw; of files, one epoch. */
  readonly batches: number
  readonly consumer: VariantSource
  /** Files to write first. */
  readonly photographs?: { readonly format: 'png' | 'jpeg'; readonly side: number }
}

const dcgan = (shape: readonly number[]): VariantSource => ({
  variant: 'dcgan',
  options: {},
  fields: { image: imageField(shape) },
})

const pipelines: readonly Pipeline[] = [
  { name: 'MNIST, 28×28', options: {}, batches: 2000, consumer: dcgan([28, 28, 1]) },
  {
    name: 'folder of PNG, 128×128 to 64×64',
    options: { size: 64 },
    batches: 20,
    consumer: dcgan([64, 64, 3]),
    photographs: { format: 'png', side: 128 },
  },
  {
    name: 'folder of JPEG, 256×256 to 64×64',
    options: { size: 64 },
    batches: 20,
    consumer: dcgan([64, 64, 3]),
    photographs: { format: 'jpeg', side: 256 },
  },
]

/** How many images a second the data can be had at, and how many a training step takes. */
export const pipelineTable: BenchTable = {
  name: 'pipeline',
  title: 'Data pipeline',
  async measure(bench) {
    const { threads, folder } = bench.options
    const data = []
    const needs = new Map<string, number>()
    for (const { name, options, batches, consumer, photographs } of pipelines) {
      bench.log(`pipeline: ${name}`)
      let dataset = 'mnist'
      if (photographs !== undefined) {
        const path = join(folder, photographs.format)
        await writePhotographs({ ...photographs, folder: path, count: batches * BATCH_SIZE })
        dataset = `folder:${path}`
      }
      const parameters = { dataset, options, batchSize: BATCH_SIZE, batches }
      const { imagesPerSecond } = await bench.task('pipeline', parameters)
      const key = JSON.stringify(consumer)
      if (!needs.has(key)) {
        const timing = { source: consumer, batchSize: BATCH_SIZE, threads, steps: STEPS }
        const { stepMs } = await bench.task('time-step', timing)
        needs.set(key, (BATCH_SIZE * 1000) / stepMs)
      }
      const needed = needs.get(key)!
      data.push({
        name,
        imagesPerSecond: rounded(imagesPerSecond, 1),
        neededImagesPerSecond: rounded(needed, 1),
        headroom: rounded(imagesPerSecond / needed, 2),
      })
    }
    return {
      data,
      sections: [
        {
          heading: 'Images a second, batch 64',
          columns: ['data', 'pipeline alone', 'a `dcgan` step takes', 'headroom'],
          rows: data.map((each) => [
            each.name,
            count(each.imagesPerSecond),
            count(each.neededImagesPerSecond),
            times(each.headroom),
          ]),
          notes: [
            'Shuffled, decoded, resized, normalised and put into batches. Files are read in their first epoch: none comes from the memory that later epochs read from. They are synthetic photographs: smooth shapes with noise.',
            'While training, both share the cores: what the pipeline takes of them is in the share of time outside the graph.',
          ],
        },
      ],
    }
  },
}
