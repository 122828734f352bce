import type { SampleSource } from '../sample-source.ts'

/** Some of the samples of a source, by their numbers there. */
export function subsetSource(whole: SampleSource, indices: Int32Array): SampleSource {
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
