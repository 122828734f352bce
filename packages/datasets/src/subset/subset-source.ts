import { type OpenedDataset, openedDataset } from '../opened-dataset.ts'
import type { SampleSource } from '../sample-source.ts'

/** Some of the samples of a source, by their numbers there. */
function subsetSource(whole: SampleSource, indices: Int32Array): SampleSource {
  const { fields, readAhead, labelOf, nameOf, groupOf, release } = whole
  return {
    size: indices.length,
    fields,
    readAhead,
    read: (index, targets, random) => whole.read(indices[index]!, targets, random),
    nameOf: (index) => nameOf?.(indices[index]!) ?? String(indices[index]),
    ...(groupOf && { groupOf: (index: number) => groupOf(indices[index]!) }),
    ...(labelOf && { labelOf: (index: number) => labelOf(indices[index]!) }),
    async *identity() {
      yield indices
      yield* whole.identity()
    },
    ...(release && { release }),
  }
}

/** Some of the samples of a data set, under a name of their own. */
export function chosen(whole: OpenedDataset, name: string, keeps: (index: number) => boolean): Promise<OpenedDataset> {
  const samples = whole.samples!
  const indices = Int32Array.from([...Array(samples.size).keys()].filter(keeps))
  const { source, licence, skipped } = whole.description
  return openedDataset({ name, source, licence, skipped }, subsetSource(samples, indices))
}
