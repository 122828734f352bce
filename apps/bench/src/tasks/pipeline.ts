import { type OpenDatasetOptions, openDataset } from '@gantry/datasets'

interface Parameters {
  readonly dataset: string
  readonly options: Pick<OpenDatasetOptions, 'size' | 'channels'>
  readonly batchSize: number
  /** Batches to time: of files, no more than one epoch, so that none comes from memory. */
  readonly batches: number
}

/** Draws batches as fast as the data set gives them: decoded, resized, normalised, shuffled. */
export async function run({ dataset: name, options, batchSize, batches }: Parameters) {
  const dataset = await openDataset(name, options)
  const start = performance.now()
  let count = 0
  for await (const { image } of dataset.batches({ batchSize, seed: 1 })) {
    count += image!.shape[0]!
    if (count >= batches * batchSize) break
  }
  const milliseconds = performance.now() - start
  await dataset.dispose?.()
  return { imagesPerSecond: (count * 1000) / milliseconds }
}
