import type { Plane } from './canny.ts'

/**
 * Pixels of lines that are strong somewhere: those that are not 0 and hang together, over corners too, with one from the threshold on.
 *
 * @returns for each pixel 1 on a line, else 0
 */
export function strongLines({ values, width, height }: Plane, threshold: number): Uint8Array {
  const lines = new Uint8Array(values.length)
  const found: number[] = []
  const take = (at: number) => {
    lines[at] = 1
    found.push(at)
  }
  for (const [at, value] of values.entries()) if (value > 0 && value >= threshold && lines[at] === 0) take(at)
  for (let at = found.pop(); at !== undefined; at = found.pop()) {
    const [x, y] = [at % width, Math.floor(at / width)]
    for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
      for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
        const beside = row * width + column
        if (lines[beside] === 0 && values[beside]! > 0) take(beside)
      }
    }
  }
  return lines
}
