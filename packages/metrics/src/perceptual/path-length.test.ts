import type { NDArray } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import golden from '../testing/goldens/perceptual.json' with { type: 'json' }
import { gaussianAt } from '../testing/procedural.ts'
import { expectWithin } from '../testing/within.ts'
import { interpolations } from './interpolation.ts'
import { type PathLengthOptions, perceptualPathLength } from './path-length.ts'

/** A generator that draws its latent vector, and the square of the Euclidean distance. */
const plain: Pick<PathLengthOptions, 'generate' | 'distance' | 'latentSize'> = {
  latentSize: 3,
  generate: async (latents) => latents,
  distance: async (left, right) => squares(left, right),
}

function squares(left: NDArray, right: NDArray): Float64Array {
  const [rows, columns] = left.shape as [number, number]
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0
    for (let index = row * columns; index < (row + 1) * columns; index++) {
      sum += (Number(left.data[index]) - Number(right.data[index])) ** 2
    }
    return sum
  })
}

describe('perceptual path length', () => {
  it('of the identity along lines is the squared length of the line', async () => {
    // E|a − b|² of independent standard normal vectors is twice their dimension.
    const result = await perceptualPathLength({
      ...plain,
      seed: 1,
      count: 20_000,
      batchSize: 1000,
      epsilon: 0.01,
      interpolation: 'lerp',
      discard: false,
    })
    expect(result.kept).toBe(20_000)
    expect(result.mean).toBeGreaterThan(5.85)
    expect(result.mean).toBeLessThan(6.15)
  })

  it('on the unit sphere is the squared angle', async () => {
    const { distances } = await perceptualPathLength({
      ...plain,
      seed: 2,
      count: 100,
      interpolation: 'slerp-unit',
      epsilon: 0.01,
      // The ends stand at right angles: the path is a quarter of a circle.
      drawLatents: (_, out) => {
        out.fill(0)
        out[turn++ % 2] = 5
      },
    })
    for (const distance of distances) expect(distance).toBeCloseTo((Math.PI / 2) ** 2, 3)
  })
  let turn = 0

  it('leaves out the percentiles that numpy would', async () => {
    const values = Array.from({ length: 500 }, (_, at) => Math.abs(gaussianAt(501, at)) + gaussianAt(502, at) ** 2)
    const result = await perceptualPathLength({
      ...plain,
      seed: 3,
      count: 500,
      batchSize: 500,
      epsilon: 0.5,
      distance: async () => values.map((value) => value / 4),
    })
    expect(result.kept).toBe(golden.percentiles.kept)
    expectWithin(result.mean, golden.percentiles.mean, { rtol: 1e-12, atol: 0 })
    expectWithin(result.standardDeviation, golden.percentiles.standardDeviation, { rtol: 1e-12, atol: 0 })
  })

  it('draws the same paths for one seed, whatever the size of a batch', async () => {
    const run = (batchSize: number, seed = 4) => perceptualPathLength({ ...plain, seed, count: 50, batchSize })
    const [left, right, other] = await Promise.all([run(7), run(50), run(50, 5)])
    expect(left).toEqual(right)
    expect(left).not.toEqual(other)
  })

  it('starts at the first end where sampling is `end`', async () => {
    const starts: number[] = []
    const drawn: number[] = []
    await perceptualPathLength({
      ...plain,
      seed: 6,
      count: 4,
      batchSize: 4,
      sampling: 'end',
      interpolation: 'lerp',
      generate: async (latents) => {
        starts.push(...(latents.data as Float32Array))
        return latents
      },
      drawLatents: (random, out) => drawn.push(...random.fillNormal(out)),
    })
    const firsts = [0, 2, 4, 6].flatMap((vector) => drawn.slice(3 * vector, 3 * vector + 3))
    expect(starts.slice(0, 12)).toEqual(firsts.map(Math.fround))
  })

  it('tells the generator where a batch starts, and the caller how far it is', async () => {
    const firsts: number[] = []
    const seen: number[] = []
    await perceptualPathLength({
      ...plain,
      seed: 7,
      count: 5,
      batchSize: 2,
      generate: async (latents, first) => {
        firsts.push(first)
        return latents
      },
      progress: (done) => seen.push(done),
    })
    expect(firsts).toEqual([0, 0, 2, 2, 4, 4])
    expect(seen).toEqual([2, 4, 5])
  })

  it.each([
    [{ count: 0 }, 'PATH_LENGTH_OPTIONS'],
    [{ epsilon: 0 }, 'PATH_LENGTH_OPTIONS'],
    [{ discard: [99, 1] as const }, 'PATH_LENGTH_OPTIONS'],
    [{ distance: async () => [1] }, 'DISTANCES_MISSIZED'],
    [{ distance: async () => new Float64Array(10).fill(Number.NaN) }, 'DISTANCES_NOT_FINITE'],
    [{ signal: AbortSignal.abort() }, undefined],
  ] satisfies [Partial<PathLengthOptions>, string | undefined][])('refuses %o', async (options, code) => {
    const running = perceptualPathLength({ ...plain, seed: 1, count: 10, ...options })
    await expect(running).rejects.toMatchObject(code === undefined ? { name: 'AbortError' } : { code })
  })
})

describe('slerp', () => {
  const at = (name: keyof typeof interpolations, from: number[], to: number[], position: number) => {
    const out = new Float64Array(from.length)
    interpolations[name](Float64Array.from(from), Float64Array.from(to), position, out)
    return [...out]
  }

  it('halves angles', () => {
    const [x, y] = at('slerp', [2, 0], [0, 2], 0.5)
    expect(x).toBeCloseTo(Math.SQRT2, 12)
    expect(y).toBeCloseTo(Math.SQRT2, 12)
    expect(Math.hypot(...at('slerp-unit', [3, 0], [0, 7], 0.3))).toBeCloseTo(1, 12)
  })

  it('is the line for vectors that span no circle', () => {
    expect(at('slerp', [1, 2], [2, 4], 0.5)).toEqual([1.5, 3])
    expect(at('slerp', [0, 0], [2, 4], 0.5)).toEqual([1, 2])
    expect(at('slerp', [1, 0], [-1, 0], 0.25)).toEqual([0.5, 0])
  })
})
