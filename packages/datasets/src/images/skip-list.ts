import type { DatasetDescription } from '@gantry/core'
import { imageUnreadable } from './image.ts'

/** A file that is no sample, and why. */
export type LeftOut = DatasetDescription['skipped'][number]

export interface SkipList {
  /** Grows while images are read. */
  readonly skipped: DatasetDescription['skipped']
  /** @throws DataError `IMAGE_UNREADABLE` when images must not be skipped */
  readonly onSkip: (name: string, reason: string) => void
}

/**
 * Takes note of images that cannot be used.
 *
 * @param strict whether the first of them is an error
 * @param known those that were found at opening
 * @param placeOf says where an image lies, for the error
 */
export function skipList(
  strict: boolean | undefined,
  known: DatasetDescription['skipped'] = [],
  placeOf: (name: string) => string = (name) => name,
): SkipList {
  const skipped = [...known]
  return {
    skipped,
    onSkip(name, reason) {
      if (strict) throw imageUnreadable(placeOf(name), reason)
      skipped.push({ name, reason })
    },
  }
}
