import { describe, expect, it } from 'vitest'
import { describeCounts, labelHistogram } from './label-histogram.ts'

describe('labelHistogram', () => {
  it('draws a bar a class, the longest for the most common', () => {
    expect(labelHistogram(['cat', 'eagle', 'eel', 'ox'], [100, 50, 1, 0])).toEqual([
      `  cat    ${'█'.repeat(32)}  100`,
      `  eagle  ${'█'.repeat(16)}${' '.repeat(16)}  50`,
      `  eel    █${' '.repeat(31)}  1`,
      `  ox     ${' '.repeat(32)}  0`,
    ])
  })

  it('groups neighbours where there are more classes than lines', () => {
    const names = Array.from({ length: 1000 }, (_, label) => String(label).padStart(3, '0'))
    const lines = labelHistogram(names, Array(1000).fill(3))
    expect(lines).toHaveLength(25)
    expect(lines[1]).toBe(`  040–079  ${'█'.repeat(32)}  120`)
    const uneven = labelHistogram(names.slice(0, 51), Array(51).fill(1))
    expect([uneven.length, uneven.at(-1)!.trim().split(/\s+/)]).toEqual([17, ['048–050', '█'.repeat(32), '3']])
    expect(labelHistogram(names.slice(0, 27), Array(27).fill(1)).at(-1)).toMatch(/^ {2}026 {6}█{16} {18}1$/)
  })

  it('shows labels that never occur', () => {
    expect(labelHistogram(['a'], [0])).toEqual([`  a  ${' '.repeat(32)}  0`])
  })
})

describe('describeCounts', () => {
  it.each([
    [[5, 5], '2 classes of 5 samples'],
    [[980, 1135, 1000], '3 classes of 980 to 1135 samples'],
  ])('describes %j', (counts, text) => expect(describeCounts(counts)).toBe(text))
})
