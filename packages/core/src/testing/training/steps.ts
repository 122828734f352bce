import type { DrawFeed, TrainingSession } from '../../backend.ts'
import { float32, type NDArray, ndarray } from '../../ndarray.ts'
import { referenceBatchSize } from '../reference-model.ts'

/** Tests of a session that starts from the reference model's initial values, by their names. */
export type TrainingTests = Readonly<Record<string, (session: TrainingSession) => Promise<void>>>

/** Smooth, seedless numbers of mixed sign. */
export function wave(shape: readonly number[], offset: number): NDArray<'float32'> {
  const array = ndarray('float32', shape)
  for (let index = 0; index < array.data.length; index++) array.data[index] = Math.sin(0.7 * index + offset)
  return array
}

/** Feeds of the phase `fit`. */
export function fitFeeds(step: number) {
  return { x: wave([referenceBatchSize, 3], step), target: wave([referenceBatchSize, 2], 5 + 0.3 * step) }
}

/** Feeds of the phase `decay`. */
export const decayFeeds = { rate: float32([], [0.125]) }

/** Feeds of the phase `lookup`. */
export const lookupFeeds = (index: number) => ({ index: ndarray('int32', [], Int32Array.of(index)) })

/** A few runs of two phases; the same calls give the same results. */
export async function train(session: TrainingSession, from = 0): Promise<Record<string, number>[]> {
  const scalars: Record<string, number>[] = []
  for (let step = from; step < from + 3; step++) {
    scalars.push(await session.run('fit', fitFeeds(step)))
    scalars.push(await session.run('decay', decayFeeds))
  }
  return scalars
}

/** Something to draw with, and what it was asked for. */
export function recordingDraw() {
  const asked: { name: string; feed: Parameters<DrawFeed>[1] }[] = []
  const draw: DrawFeed = (name, feed) => {
    asked.push({ name, feed })
    return wave(feed.shape, name.length)
  }
  return { asked, draw }
}
