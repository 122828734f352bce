import { type Batch, type BatchOptions, type Dataset, ndarray, RandomStream, sizeOfShape } from '@gantry/core'

/** Samples that are a function of seed and position: points on a circle, or images of one random grey each. */
export function tinyDataset(sampleShape: readonly number[]): Dataset {
  const kind = sampleShape.length === 1 ? 'points' : 'image'
  const length = sizeOfShape(sampleShape)
  return {
    specificationVersion: 1,
    name: `tiny-${kind}`,
    size: 1000,
    kind,
    sampleShape,
    description: { source: 'made here', licence: 'none', skipped: [] },
    async *batches({ batchSize, seed, from = 0 }: BatchOptions): AsyncGenerator<Batch> {
      for (let index = from; ; index++) {
        const random = new RandomStream(seed, 'tiny').seek(index * batchSize)
        const samples = ndarray('float32', [batchSize, ...sampleShape])
        for (let row = 0; row < batchSize; row++) {
          const turn = random.uniform()
          const angle = 2 * Math.PI * turn
          const values = kind === 'points' ? [Math.cos(angle), Math.sin(angle)] : Array(length).fill(2 * turn - 1)
          samples.data.set(values, row * length)
        }
        yield { samples }
      }
    },
  }
}
