import { drawnPort, labelField, type NDArray, ndarray, pointsField, portOf } from '@gantry/core'
import { drawRows } from '@gantry/modalities'
import { describe, expect, it } from 'vitest'
import { type Evaluate, generate, generateBatches } from './generate.ts'
import { secondsRemaining, Throughput } from './throughput.ts'

const ports = { latent: drawnPort('latent', [3], 'normal') }

const twice = ({ data }: NDArray) => Array.from(data, Number).map((value) => 2 * value)

/** Twice the latent vectors. */
const doubled: Evaluate = async ({ latent }) => ({
  samples: ndarray('float32', latent!.shape, Float32Array.from(twice(latent!))),
})

describe('generate', () => {
  it('joins batches of at most 64', async () => {
    const sizes: number[] = []
    const counted: Evaluate = (inputs, draw) => {
      sizes.push(inputs.latent!.shape[0]!)
      return doubled(inputs, draw)
    }
    const { inputs, outputs } = await generate(counted, ports, { seed: 1, count: 150 })
    expect(sizes).toEqual([64, 64, 22])
    expect(outputs.samples!.shape).toEqual([150, 3])
    const latent = drawRows({ name: 'latent', shape: [3], distribution: 'normal' }, { seed: 1, from: 0, count: 150 })
    expect(inputs).toEqual({ latent })
    expect([...outputs.samples!.data]).toEqual(twice(latent))
  })

  it('gives every sample what belongs to it, whatever the split', async () => {
    const own = { ...ports, labels: portOf({ ...labelField(['a', 'b', 'c']), field: 'label' }) }
    const told = { ...own, place: portOf({ ...pointsField([1]), field: 'points' }) }
    const points = ndarray(
      'float32',
      [10, 1],
      Float32Array.from({ length: 10 }, (_, row) => row),
    )
    const noise = { dtype: 'float32', shape: [1], source: { from: 'random', distribution: 'uniform' } } as const
    const evaluate: Evaluate = async (inputs, draw) => {
      const drawn = draw('layer', { ...noise, shape: [inputs.latent!.shape[0]!, 1] })
      return { ...inputs, drawn }
    }
    const made = (batchSize: number) => generate(evaluate, told, { seed: 5, count: 10, batchSize, data: { points } })
    const { outputs } = await made(10)
    expect(await made(3)).toEqual(await made(10))
    expect([...outputs.labels!.data]).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2, 0])
    expect(outputs.place).toEqual(points)
    expect(new Set(Array.from(outputs.drawn!.data, Number)).size).toBe(10)
  })

  it('takes what is asked for: one for all, or one a sample', async () => {
    const one = ndarray('float32', [1, 3], Float32Array.of(1, 2, 3))
    const all = await generate(doubled, ports, { seed: 1, count: 3, batchSize: 2, asked: { latent: one } })
    expect([...all.outputs.samples!.data]).toEqual([2, 4, 6, 2, 4, 6, 2, 4, 6])
    const each = ndarray(
      'float32',
      [3, 3],
      Float32Array.from({ length: 9 }, (_, index) => index),
    )
    const own = await generate(doubled, ports, { seed: 1, count: 3, batchSize: 2, asked: { latent: each } })
    expect([...own.outputs.samples!.data]).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16])
  })

  it('says which input does not exist', async () => {
    const asked = { latnet: ndarray('float32', [1, 3]) }
    const made = async () => {
      for await (const _ of generateBatches(doubled, ports, { seed: 1, count: 3, asked })) break
    }
    await expect(made()).rejects.toMatchObject({ code: 'INPUT_UNKNOWN', message: expect.stringContaining('latent') })
  })
})

describe('Throughput', () => {
  it('forgets what lies before its window', () => {
    const throughput = new Throughput(0, 10)
    expect(throughput.samplesPerSecond).toBe(0)
    throughput.record(5, 50)
    expect(throughput.samplesPerSecond).toBe(10)
    for (let second = 6; second <= 40; second++) throughput.record(second, 50 + (second - 5) * 100)
    expect(throughput.samplesPerSecond).toBeCloseTo(100)
  })

  it('knows the remaining time once there is a speed', () => {
    const event = { type: 'step', step: 10, steps: 30, scalars: {}, secondsElapsed: 1 } as const
    expect(secondsRemaining({ ...event, samplesPerSecond: 40 }, 8)).toBe(4)
    expect(secondsRemaining({ ...event, samplesPerSecond: 0 }, 8)).toBeUndefined()
  })
})
