import {
  type Batch,
  type BatchOptions,
  type Dataset,
  imageField,
  ndarray,
  pointsField,
  RandomStream,
  sizeOfShape,
} from '@gantry/core'

/** What the tiny data set calls its one field. */
export const tinyField = (shape: readonly number[]) => (shape.length === 1 ? 'points' : 'image')

/** Samples that are a function of seed and position: points on a circle, or images of one random grey each. */
export function tinyDataset(shape: readonly number[]): Dataset {
  const field = tinyField(shape)
  const length = sizeOfShape(shape)
  return {
    specificationVersion: 2,
    name: `tiny-${field}`,
    size: 1000,
    fields: { [field]: field === 'points' ? pointsField(shape) : imageField(shape) },
    description: { source: 'made here', licence: 'none', skipped: [] },
    async *batches({ batchSize, seed, from = 0, shard = { index: 0, count: 1 } }: BatchOptions): AsyncGenerator<Batch> {
      for (let index = from; ; index++) {
        const random = new RandomStream(seed, 'tiny').seek(index * batchSize)
        const samples = ndarray('float32', [Math.ceil((batchSize - shard.index) / shard.count), ...shape])
        for (let row = 0; row < batchSize; row++) {
          const turn = random.uniform()
          if (row % shard.count !== shard.index) continue
          const angle = 2 * Math.PI * turn
          const values = field === 'points' ? [Math.cos(angle), Math.sin(angle)] : Array(length).fill(2 * turn - 1)
          samples.data.set(values, Math.floor(row / shard.count) * length)
        }
        yield { [field]: samples }
      }
    },
  }
}
