import { describe, expect, it } from 'vitest'
import { drawCurves } from './curves.ts'

const axes = { x: 'step', y: 'loss' }

describe('drawCurves', () => {
  it('draws every line with its name, the same each time', () => {
    const curves = [
      { name: 'ours', points: [[0, 1] as const, [1, 0.5] as const] },
      { name: 'theirs', points: [[0, 2] as const, [1, 1] as const], dashed: true as const, color: '#123456' },
    ]
    const svg = drawCurves(curves, axes)
    for (const text of ['ours', 'theirs', 'step', 'loss', '#123456', 'stroke-dasharray']) expect(svg).toContain(text)
    expect(drawCurves(curves, axes)).toBe(svg)
  })

  it('leaves gaps where there are no numbers', () => {
    const points = [
      [0, 1],
      [1, Number.NaN],
      [2, -1],
      [3, 4],
    ] as const
    for (const logarithmic of [false, true]) {
      expect(drawCurves([{ name: 'a', points }], { ...axes, logarithmic })).not.toMatch(/NaN|Infinity/)
    }
  })
})
