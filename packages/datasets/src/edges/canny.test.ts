import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { canny, type EdgeOptions, type Plane } from './canny.ts'

const golden = JSON.parse(readFileSync(new URL('../testing/canny-golden.json', import.meta.url), 'utf8')) as {
  readonly source: string
  readonly cases: readonly { readonly options: EdgeOptions; readonly edges: readonly string[] }[]
}

/** The picture of canny-reference.py: a disc, a slanted bar, and speckles on a slope. */
function picture(): Plane {
  const [width, height] = [56, 40]
  const values = Float64Array.from({ length: width * height }, (_, pixel) => {
    const [x, y] = [pixel % width, Math.floor(pixel / width)]
    const disc = (x - 18) ** 2 + (y - 21) ** 2 < 150 ? 110 : 0
    const bar = 2 * x + y > 95 && 2 * x + y < 112 ? 70 : 0
    return (40 + disc + bar + Math.floor(x / 2) + ((x * x * 13 + y * 7919 + x * y * 31) % 61)) / 255
  })
  return { values, width, height }
}

/** As the golden file has them: rows of dots, and of crosses on edges. */
function rowsOf(edges: Uint8Array, width: number): string[] {
  const drawn = Array.from(edges, (edge) => (edge === 1 ? '#' : '.')).join('')
  return Array.from({ length: edges.length / width }, (_, row) => drawn.slice(row * width, (row + 1) * width))
}

describe('canny', () => {
  it.each(golden.cases)(`finds what ${golden.source} finds with $options`, ({ options, edges }) => {
    const plane = picture()
    expect(rowsOf(canny(plane, options), plane.width)).toEqual(edges)
  })

  it('goes on with weak pixels that hang together with a strong one, and with no others', () => {
    const plane = picture()
    const count = (lowThreshold: number, highThreshold: number) =>
      canny(plane, { sigma: 1, lowThreshold, highThreshold }).reduce((total, edge) => total + edge, 0)
    expect(count(0.5, 1.1)).toBeGreaterThan(count(1.1, 1.1))
    expect(count(0.5, 1.1)).toBeLessThan(count(0.5, 0.5))
  })

  it('has nothing to find where nothing changes', () => {
    const flat = { values: new Float64Array(12).fill(0.3), width: 4, height: 3 }
    expect([...canny(flat, { sigma: 1, lowThreshold: 1e-9, highThreshold: 1e-9 })]).toEqual(new Array(12).fill(0))
  })
})
