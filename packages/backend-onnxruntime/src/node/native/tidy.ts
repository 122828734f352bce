import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { NativeLibrary } from './library.ts'

/** Bytes of a heap that was not used for much. */
const SMALL_HEAP = 32e6

let collect: (() => void) | undefined

/** Gives back what this thread's heap, and that of C, no longer need. */
export function tidy({ trim }: Pick<NativeLibrary, 'trim'>): void {
  collect ??= garbageCollector()
  collect()
  trim()
}

/**
 * {@link tidy} after much was made. V8 lets garbage lie until as much again has been made, which a thread that computes outside of
 * its heap never does, and C keeps what it has once had: after a large graph has been loaded that is 100 MB, for as long as it trains.
 */
export function tidyIfLarge(library: Pick<NativeLibrary, 'trim'>): void {
  if (getHeapStatistics().total_heap_size >= SMALL_HEAP) tidy(library)
}

/**
 * V8's own, which only a context has that is made under this flag. The flag is one of the process: a thread that took it back
 * would take it from another that is about to make its context.
 */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}
