import type { NDArray, TypedArray } from '@gantry/core'

/**
 * A copy in a buffer of its own, ready to be moved to another thread.
 *
 * Structured cloning instead would copy twice, and of a view the whole buffer behind it: one image of a data set in memory
 * would take the data set along.
 */
export function copyArray<A extends TypedArray>(array: A): A {
  // Not `slice`: a Node `Buffer` has its own, which copies nothing.
  const arrayClass = array instanceof Uint8Array ? Uint8Array : array.constructor
  return new (arrayClass as new (elements: A) => A)(array)
}

/** {@link copyArray} of every array. */
export function copyFeeds(feeds: Readonly<Record<string, NDArray>>): Record<string, NDArray> {
  const copies = Object.entries(feeds).map(([name, { dtype, shape, data }]) => {
    return [name, { dtype, shape, data: copyArray(data) } as NDArray] as const
  })
  return Object.fromEntries(copies)
}
