import { describe, expect, it } from 'vitest'
import { generate } from './generate.ts'
import { drawLatents } from './latents.ts'
import { secondsRemaining, Throughput } from './throughput.ts'

describe('drawLatents', () => {
  it.each(['normal', 'uniform'] as const)('draws the same %s vectors whatever the split', (distribution) => {
    const space = { size: 3, distribution }
    const all = drawLatents(space, { seed: 5, count: 10 })
    const parts = [drawLatents(space, { seed: 5, count: 7 }), drawLatents(space, { seed: 5, from: 7, count: 3 })]
    expect(parts.flatMap(({ data }) => [...data])).toEqual([...all.data])
    expect(new Set(all.data).size).toBe(30)
  })
})

describe('generate', () => {
  it('joins batches of at most 64', async () => {
    const sizes: number[] = []
    const samples = await generate(
      async (latent) => {
        sizes.push(latent.shape[0]!)
        return { ...latent, data: latent.data.map((value) => value * 2) }
      },
      { size: 2, distribution: 'normal' },
      { seed: 1, count: 150 },
    )
    expect(sizes).toEqual([64, 64, 22])
    expect(samples.shape).toEqual([150, 2])
    const latents = drawLatents({ size: 2, distribution: 'normal' }, { seed: 1, count: 150 })
    expect([...samples.data]).toEqual([...latents.data].map((value) => value * 2))
  })
})

describe('Throughput', () => {
  it('forgets what lies before its window', () => {
    const throughput = new Throughput(0, 10)
    expect(throughput.imagesPerSecond).toBe(0)
    throughput.record(5, 50)
    expect(throughput.imagesPerSecond).toBe(10)
    for (let second = 6; second <= 40; second++) throughput.record(second, 50 + (second - 5) * 100)
    expect(throughput.imagesPerSecond).toBeCloseTo(100)
  })

  it('knows the remaining time once there is a speed', () => {
    const event = { type: 'step', step: 10, steps: 30, scalars: {}, secondsElapsed: 1 } as const
    expect(secondsRemaining({ ...event, imagesPerSecond: 40 }, 8)).toBe(4)
    expect(secondsRemaining({ ...event, imagesPerSecond: 0 }, 8)).toBeUndefined()
  })
})
