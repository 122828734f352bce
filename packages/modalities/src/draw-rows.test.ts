import { createHash } from 'node:crypto'
import { type Feed, type NDArray, ndarray } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { drawRows, noiseDraw } from './draw-rows.ts'

const sha256 = ({ data }: NDArray) => createHash('sha256').update(new Uint8Array(data.buffer)).digest('hex')

describe('drawRows', () => {
  // As drawLatents of @gantry/training drew them, before every input had a stream: exported models and run folders rely on it.
  it.each([
    [3, 'normal', 5, 0, 4, '9e1a3353eb35ea00a323b77fbaf97f0963921c66d1ef6a3f9f0955550fe482f7'],
    [100, 'normal', 7, 63, 64, 'c5756aecb67e137f2831fbb0f1a2ada96ab6d01e8b30ebc5922528f981ed967c'],
    [64, 'uniform', 7, 10, 7, 'c433b3780b76817f75115d0008f2c4dba5a61d7a2bd9199f3dd580a8179cc9c2'],
  ] as const)('draws the latents that it always drew: %i %s', (size, distribution, seed, from, count, hash) => {
    expect(sha256(drawRows({ name: 'latent', shape: [size], distribution }, { seed, from, count }))).toBe(hash)
  })

  it.each(['normal', 'uniform'] as const)('draws the same %s rows whatever the split', (distribution) => {
    const rows = { name: 'latent', shape: [3, 1], distribution }
    const all = drawRows(rows, { seed: 5, from: 0, count: 10 })
    const parts = [drawRows(rows, { seed: 5, from: 0, count: 7 }), drawRows(rows, { seed: 5, from: 7, count: 3 })]
    expect(parts.flatMap(({ data }) => [...data])).toEqual([...all.data])
    expect(all.shape).toEqual([10, 3, 1])
    expect(new Set<unknown>(all.data).size).toBe(30)
  })

  it('has a stream for every name, and more digits where they are asked for', () => {
    const request = { seed: 5, from: 0, count: 2 }
    const latent = drawRows({ name: 'latent', shape: [2], distribution: 'normal' }, request)
    const other = drawRows({ name: 'content', shape: [2], distribution: 'normal' }, request)
    expect([...latent.data]).not.toEqual([...other.data])
    const exact = drawRows({ name: 'latent', shape: [2], distribution: 'normal', dtype: 'float64' }, request)
    expect(exact.data).toBeInstanceOf(Float64Array)
    expect(Float32Array.from(exact.data, Number)).toEqual(latent.data)
  })

  it('refuses whole numbers', () => {
    expect(() =>
      drawRows({ name: 'place', shape: [], distribution: 'uniform', dtype: 'int32' }, { seed: 0, from: 0, count: 1 }),
    ).toThrow(expect.objectContaining({ code: 'RANDOM_DTYPE', message: expect.stringContaining("'place' is int32") }))
  })
})

describe('noiseDraw', () => {
  it('gives an engine that asks late what a port of that name would have had', () => {
    const feed: Feed = { dtype: 'float32', shape: [2, 4, 4, 1], source: { from: 'random', distribution: 'normal' } }
    const drawn = noiseDraw({ seed: 3, from: 5 })('layer_noise', feed)
    const rows = drawRows(
      { name: 'layer_noise', shape: [4, 4, 1], distribution: 'normal' },
      { seed: 3, from: 0, count: 7 },
    )
    expect(drawn).toEqual(ndarray('float32', [2, 4, 4, 1], rows.data.slice(5 * 16) as Float32Array))
  })
})
