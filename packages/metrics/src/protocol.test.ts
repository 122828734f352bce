import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compareScores, protocolDifferences } from './protocol.ts'
import type { Score, ScoreProtocol } from './score.ts'
import { metricsVersion } from './version.ts'

const protocol: ScoreProtocol = {
  metric: 'frechet',
  convention: 'torch-fidelity',
  extractor: 'classifier-mnist',
  weights: 'abc',
  resizer: 'none',
  quantisation: 'round(127.5·(x + 1))',
  real: 'mnist/train',
  realCount: 60_000,
  generatedCount: 10_000,
  seed: 1,
  version: metricsVersion,
}

const score = (value: number, more: Partial<Score> = {}, changes: Partial<ScoreProtocol> = {}): Score => ({
  name: 'mnist-frechet',
  value,
  better: 'lower',
  protocol: { ...protocol, ...changes },
  ...more,
})

describe('compareScores', () => {
  it('gives the difference and the better one', () => {
    expect(compareScores(score(12), score(10))).toEqual({ difference: -2, better: 'b' })
    expect(compareScores(score(12, { better: 'higher' }), score(10, { better: 'higher' })).better).toBe('a')
    expect(compareScores(score(3), score(3)).better).toBe('equal')
  })

  it('says whether 95% intervals overlap', () => {
    const left = score(12, { interval: [11, 13] })
    expect(compareScores(left, score(10, { interval: [9, 11.5] })).intervalsOverlap).toBe(true)
    expect(compareScores(left, score(10, { interval: [9, 10.5] })).intervalsOverlap).toBe(false)
    expect(compareScores(left, score(10)).intervalsOverlap).toBeUndefined()
  })

  it('refuses different protocols and lists each field with both values', () => {
    const other = score(10, {}, { generatedCount: 5_000, convention: 'clean-fid' })
    expect(() => compareScores(score(12), other)).toThrow(
      expect.objectContaining({
        code: 'PROTOCOLS_DIFFER',
        message: expect.stringContaining('convention (torch-fidelity and clean-fid), generatedCount (10000 and 5000).'),
      }),
    )
  })

  it.each(Object.keys(protocol) as (keyof ScoreProtocol)[])('sees a difference in %s', (field) => {
    const value = typeof protocol[field] === 'number' ? -1 : 'other'
    const other = { ...protocol, [field]: value }
    expect(protocolDifferences(protocol, other)).toEqual([{ field, left: protocol[field], right: value }])
  })

  it('refuses numbers that have no difference', () => {
    expect(() => compareScores(score(Number.NaN), score(1))).toThrow(
      expect.objectContaining({ code: 'SCORES_NOT_FINITE' }),
    )
  })

  it('refuses two different numbers of one metric', () => {
    expect(() => compareScores(score(1, { name: 'precision' }), score(1, { name: 'recall' }))).toThrow(
      expect.objectContaining({ code: 'SCORES_DIFFER' }),
    )
  })
})

it('carries the version of the package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  expect(metricsVersion, 'write the version of package.json into src/version.ts').toBe(version)
})
