import { createHash } from 'node:crypto'
import type { State } from '@gantry/core'

/**
 * SHA-256 over names, dtypes, shapes and bytes, hexadecimal: equal for equal weights, whatever the order of their names.
 *
 * @example
 * ```ts
 * hashState({ bias: float32([2], [1, 2]) }) // '…64 hexadecimal digits'
 * ```
 */
export function hashState(state: State): string {
  const hash = createHash('sha256')
  for (const name of Object.keys(state).sort()) {
    const { dtype, shape, data } = state[name]!
    hash.update(`${JSON.stringify([name, dtype, shape])}\n`)
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  }
  return hash.digest('hex')
}
