import type { NDArray, TypedArray } from '@gantry/core'

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

/** Takes arrays over one by one, and frees each as soon as nobody after it shares its buffer: a state would be there twice. */
export function useUp<Taken>(
  arrays: Readonly<Record<string, NDArray>>,
  take: (array: NDArray, name: string) => Taken,
): Record<string, Taken> {
  const lastOf = new Map(Object.entries(arrays).map(([name, { data }]) => [data.buffer, name]))
  const taken: Record<string, Taken> = {}
  for (const [name, array] of Object.entries(arrays)) {
    taken[name] = take(array, name)
    if (lastOf.get(array.data.buffer) === name) releaseArrays([array.data])
  }
  return taken
}
