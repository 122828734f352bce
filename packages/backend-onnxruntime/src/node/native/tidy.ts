import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { NativeLibrary } from './library.ts'

/** Bytes of a heap that was not used for much. */
const SMALL_HEAP = 32e6

/**
 * Gives back what this thread's heap, and that of C, no longer need. V8 lets garbage lie until as much again has been made, which a
 * thread that computes outside of its heap never does, and C keeps what it has once had: after a large graph has been
 * loaded that is 100 MB, for as long as it trains.
 */
export function tidy({ trim }: NativeLibrary): void {
  if (getHeapStatistics().total_heap_size < SMALL_HEAP) return
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  trim()
}
