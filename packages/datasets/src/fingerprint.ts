import type { TypedArray } from '@gantry/core'

/** Digits that are kept: 128 bits, which no two data sets share by chance. */
const DIGITS = 32

/** Samples of data in memory that are looked at. */
const LOOKED_AT = 64

/**
 * Hexadecimal digits that tell data apart: the beginning of SHA-256 over the parts, each after its length, so that
 * `['ab', 'c']` is not `['a', 'bc']`.
 */
export async function fingerprintOf(
  parts: Iterable<string | TypedArray> | AsyncIterable<string | TypedArray>,
): Promise<string> {
  const encoder = new TextEncoder()
  const chunks: Uint8Array[] = []
  for await (const part of parts) {
    const bytes =
      typeof part === 'string' ? encoder.encode(part) : new Uint8Array(part.buffer, part.byteOffset, part.byteLength)
    chunks.push(encoder.encode(`${bytes.length}\n`), bytes)
  }
  const whole = new Uint8Array(chunks.reduce((total, { length }) => total + length, 0))
  let end = 0
  for (const chunk of chunks) {
    whole.set(chunk, end)
    end += chunk.length
  }
  const digest = await crypto.subtle.digest('SHA-256', whole)
  const digits = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0'))
  return digits.join('').slice(0, DIGITS)
}

/** Indices of up to 64 samples, evenly spaced from the first to the last: enough of them to tell one data set from another. */
export function evenlySpaced(size: number): number[] {
  const count = Math.min(size, LOOKED_AT)
  return Array.from({ length: count }, (_, place) => Math.round((place * (size - 1)) / Math.max(count - 1, 1)))
}
