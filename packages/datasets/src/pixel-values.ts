/** v / 127.5 - 1 for every byte: 0 is -1 and 255 is 1, the range of a generator's tanh. */
const values = Float32Array.from({ length: 256 }, (_, byte) => byte / 127.5 - 1)

/** The value of a byte. */
export function pixelValue(byte: number): number {
  return values[byte]!
}

/** Writes bytes as values in [-1, 1]. */
export function writePixelValues(bytes: Uint8Array, target: Float32Array): void {
  for (let index = 0; index < bytes.length; index++) target[index] = values[bytes[index]!]!
}
