import { describe, expect, it } from 'vitest'
import { philox, RandomStream } from './random.ts'

describe('philox', () => {
  // Known-answer tests of Random123 1.14 (kat_vectors, philox4x32 with 10 rounds).
  it.each([
    [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    [[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], 'd16cfe09 94fdcceb 5001e420 24126ea1'],
  ] as const)('agrees with the published answers for counter %j', (counter, key, expected) => {
    const out = new Uint32Array(4)
    philox(counter, key, out)
    expect([...out].map((word) => word.toString(16).padStart(8, '0')).join(' ')).toBe(expected)
  })
})

describe('RandomStream', () => {
  it('goes on after a save as if it had not stopped', () => {
    const random = new RandomStream(2 ** 52 + 1, 'latent')
    random.fillNormal(new Float32Array(7))
    const restored = RandomStream.restore(JSON.parse(JSON.stringify(random.save())))
    expect([...restored.fillUniform(new Float64Array(9))]).toEqual([...random.fillUniform(new Float64Array(9))])
  })

  it('gives different numbers for every seed and stream', () => {
    const first = (seed: number, stream: string) => new RandomStream(seed, stream).uint32()
    expect(new Set([first(0, 'a'), first(1, 'a'), first(2 ** 32, 'a'), first(0, 'b'), first(1, 'b')]).size).toBe(5)
  })

  it('draws normals with the moments of the normal distribution', () => {
    const draws = new RandomStream(1, 'moments').fillNormal(new Float64Array(200_000))
    const moment = (order: number) => draws.reduce((sum, value) => sum + value ** order, 0) / draws.length
    expect(moment(1)).toBeCloseTo(0, 2)
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.015)
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.1)
  })

  it('permutes without loss and uniformly', () => {
    expect([...new RandomStream(3, 'order').permutation(1000)].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 1000 }, (_, i) => i),
    )
    const random = new RandomStream(3, 'positions')
    const counts = new Array(5).fill(0)
    for (let round = 0; round < 10_000; round++) counts[random.permutation(5).indexOf(0)]++
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200)
  })

  it('refuses seeds that are not exact', () => {
    expect(() => new RandomStream(-1, 'a')).toThrow(/from 0 to 9007199254740991, not -1/)
    expect(() => new RandomStream(0.5, 'a')).toThrow(/not 0.5/)
  })
})
