import type { NDArray, Phase, Shard, State, TrainingSession } from '@gantry/core'
import { openDataset } from '@gantry/datasets'
import { configureRun, MemoryRecord, train } from '@gantry/training'
import { bindFields, findVariant } from '@gantry/variants'
import { describe, expect, it } from 'vitest'
import { findEngine } from './engines/registry.ts'
import { prepareTensorflow } from './tensorflow.ts'

type Between = (phase: Phase<unknown>, session: TrainingSession) => Promise<void>

/** Averages what replicas gather: everybody brings his own, and goes on once all have the average. What a transport would do. */
class Averaging {
  readonly #replicas: number
  #arrived: State[] = []
  #waiting: ((average: State) => void)[] = []
  /** Gatherings so far, and the names that were averaged. */
  count = 0
  readonly names = new Set<string>()

  constructor(replicas: number) {
    this.#replicas = replicas
  }

  readonly between: Between = async (phase, session) => {
    const own = await session.readState(phase.gathers)
    for (const name of Object.keys(own)) this.names.add(name)
    this.#arrived.push(own)
    const average = new Promise<State>((resolve) => this.#waiting.push(resolve))
    if (this.#arrived.length === this.#replicas) {
      const mean = meanOf(this.#arrived)
      for (const resolve of this.#waiting) resolve(mean)
      this.#arrived = []
      this.#waiting = []
      this.count++
    }
    await session.writeState(await average, { partly: true })
  }
}

function meanOf(states: readonly State[]): State {
  const [first, ...others] = states
  return Object.fromEntries(
    Object.entries(first!).map(([name, array]) => {
      const data = Float32Array.from(array.data as Float32Array, (value, index) => {
        const sum = others.reduce((total, other) => total + Number(other[name]!.data[index]), value)
        return sum / states.length
      })
      return [name, { ...array, data } as NDArray]
    }),
  )
}

/** Nothing that mixes the samples of a batch: the mean of two halves' gradients is the gradient of the whole. */
const options = {
  hiddenUnits: 16,
  latentSize: 3,
  generatorNormalization: 'none',
  discriminatorNormalization: 'none',
  optimizer: 'sgd',
  learningRate: 0.1,
}

async function trained(batchSize: number, shard: Shard, changes: { split?: boolean; between?: Between } = {}) {
  const { split, between } = changes
  await prepareTensorflow()
  const variant = findVariant('vanilla')
  const dataset = await openDataset('ring8')
  const config = configureRun(variant, { data: 'ring8', steps: 12, batchSize, seed: 4, options })
  const model = variant.build({
    options: config.options,
    fields: bindFields(variant, dataset.fields),
    batchSize: batchSize / shard.count,
    seed: config.seed,
    ...(split && { split }),
  })
  const session = await findEngine('onnxruntime').prepare(model, 'cpu')
  try {
    const record = new MemoryRecord()
    const run = { model, session, dataset, record, config, shard, observers: [] }
    await train({ ...run, ...(between && { between }) })
    return { state: await session.readState(), phases: model.phases.map(({ name }) => name) }
  } finally {
    await session.dispose()
    model.dispose()
  }
}

describe('two replicas that train together', () => {
  it('end where one with the whole batch does', async () => {
    const averaging = new Averaging(2)
    const replica = (index: number) => trained(16, { index, count: 2 }, { split: true, between: averaging.between })
    const [one, first, second] = await Promise.all([trained(16, { index: 0, count: 1 }), replica(0), replica(1)])
    expect(first.phases).toEqual(['discriminator', 'discriminator-update', 'generator', 'generator-update'])
    // Each player of each step gathers once.
    expect(averaging.count).toBe(12 * 2)
    expect([...averaging.names].every((name) => name.includes('/accumulated/'))).toBe(true)
    const moved = Object.keys(one.state).filter((name) => name.endsWith('/kernel') && !name.includes('accumulated'))
    expect(moved.length).toBeGreaterThan(5)
    for (const name of moved) {
      // The replicas had the same gradients, bit for bit; the whole batch was summed in another order.
      expect(first.state[name], name).toEqual(second.state[name])
      const expected = one.state[name]!.data as Float32Array
      for (const [index, value] of (first.state[name]!.data as Float32Array).entries()) {
        expect(Math.abs(value - expected[index]!), name).toBeLessThan(1e-5)
      }
    }
  })

  it('drift apart where nobody averages', async () => {
    const alone = (index: number) => trained(16, { index, count: 2 }, { split: true })
    const [first, second] = await Promise.all([alone(0), alone(1)])
    expect(first.state['generator/dense_1/kernel']).not.toEqual(second.state['generator/dense_1/kernel'])
  })
})
