import type { TypedArray } from '@gantry/core'

const { port1: nowhere, port2 } = new MessageChannel()
port2.close()

/**
 * Frees the memory of arrays at once; they have length 0 afterwards. The garbage collector would let several generations of
 * a model's state pile up first: what it watches is the heap, and these arrays lie outside.
 *
 * A buffer that is moved leaves its owner. Here nobody receives it. (`ArrayBuffer.prototype.transfer(0)` needs Node 22.)
 */
export function releaseArrays(arrays: Iterable<TypedArray>): void {
  const buffers = new Set<ArrayBuffer>()
  for (const { buffer } of arrays) if (buffer instanceof ArrayBuffer) buffers.add(buffer)
  nowhere.postMessage(undefined, [...buffers])
}
