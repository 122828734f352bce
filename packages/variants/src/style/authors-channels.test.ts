import { expect, it } from 'vitest'
import { channelsAt, doublingsTo } from '../architectures/doubling-maps.ts'
import { channelRule } from './authors-channels.ts'

it('finds the rule of channels that a rule gave, whatever it was', () => {
  for (const width of [1, 4, 100, 512]) {
    for (const base of [16, 31, 100, 2048, 16_384, 32_768]) {
      const sides = doublingsTo(256)
      const channels = new Map(sides.map((side) => [side, channelsAt(side, width, base)]))
      // 1 is the least; authors' code has no maps without channels.
      if (Math.floor(base / 256) < 1) continue
      const rule = channelRule(channels)!
      expect(rule.base[0]).toBeLessThanOrEqual(base)
      expect(rule.base[1]).toBeGreaterThanOrEqual(base)
      for (const [side, own] of channels) expect(channelsAt(side, rule.width, rule.base[0])).toBe(own)
    }
  }
})

it('finds none where there is none', () => {
  const channels = (...all: number[]) => new Map(all.map((own, index) => [4 * 2 ** index, own]))
  expect(channelRule(channels(8, 8, 4))).toEqual({ width: 8, base: [64, 79] })
  expect(channelRule(channels(4, 8, 8))).toBeUndefined()
  expect(channelRule(channels(8, 3, 3))).toBeUndefined()
})
