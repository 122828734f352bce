import {
  ConfigurationError,
  checkFeeds,
  checkState,
  drawnPort,
  type EngineReport,
  imageField,
  type NDArray,
  ndarray,
  pointsField,
  portOf,
  type State,
  selectNames,
  sizeOfShape,
  type TrainingSession,
  type WriteStateOptions,
} from '@gantry/core'
import type { TrainedModel } from '../train-options.ts'
import { tinyField } from './tiny-dataset.ts'

const LATENT = 3

export interface TinyOptions {
  readonly batchSize: number
  readonly shape: readonly number[]
  readonly learningRate?: number
  /** Milliseconds that every phase takes, for tests that interrupt a run. */
  readonly delay?: number
}

const normal = { from: 'random', distribution: 'normal' } as const
const uniform = { from: 'random', distribution: 'uniform' } as const

/** The smallest GAN: generator tanh(zW), discriminator σ(x·d), a moving average of W, and a phase that decays d. */
export function tinyModel({ batchSize, shape }: TinyOptions): TrainedModel {
  const field = tinyField(shape)
  const latent = { dtype: 'float32', shape: [batchSize, LATENT], source: normal } as const
  const samples = { dtype: 'float32', shape: [batchSize, ...shape], source: { from: 'batch', field } } as const
  const noise = { dtype: 'float32', shape: [5], source: uniform } as const
  const program = undefined
  const inputs = { latent: drawnPort('latent', [LATENT], 'normal') }
  const own = field === 'points' ? pointsField(shape) : imageField(shape)
  const outputs = { samples: portOf({ ...own, field }) }
  return {
    name: 'tiny',
    phases: [
      { name: 'discriminator', feeds: { samples, latent }, program, every: 1 },
      { name: 'decay', feeds: { noise }, program, every: 3 },
      { name: 'generator', feeds: { latent }, program, every: 1 },
    ],
    functions: [
      { name: 'generate', weights: 'ema', inputs, outputs, program },
      { name: 'generate-raw', weights: 'raw', inputs, outputs, program },
    ],
    shown: ['generate'],
    parts: { generator: { kernel: { trained: 'kernel', average: 'ema' } } },
  }
}

interface TinyState extends Record<'kernel' | 'ema' | 'direction', NDArray<'float32'>> {
  readonly steps: NDArray<'int64'>
}

/** Trains the {@link tinyModel} with gradients written out by hand: a real engine, but for its speed. */
export class TinySession implements TrainingSession {
  readonly report: EngineReport = { engine: 'tiny', version: '1', device: 'cpu', rejected: [], warnings: [] }
  readonly #options: TinyOptions
  readonly #model: TrainedModel
  #state: TinyState

  constructor(options: TinyOptions) {
    this.#options = options
    this.#model = tinyModel(options)
    const size = sizeOfShape(options.shape)
    const kernel = ndarray('float32', [LATENT, size])
    kernel.data.forEach((_, index) => {
      kernel.data[index] = Math.sin(index + 1) / 2
    })
    const direction = ndarray('float32', [size])
    this.#state = { kernel, ema: structuredClone(kernel), direction, steps: ndarray('int64', []) }
  }

  async run(name: string, feeds: Readonly<Record<string, NDArray>>): Promise<Record<string, number>> {
    const phase = this.#model.phases.find((each) => each.name === name)
    if (!phase) throw new ConfigurationError({ code: 'PHASE_UNKNOWN', message: `There is no phase '${name}'.` })
    checkFeeds(name, phase.feeds, feeds)
    if (this.#options.delay) await new Promise((resolve) => setTimeout(resolve, this.#options.delay))
    if (name === 'discriminator') return this.#runDiscriminator(feeds.samples!, feeds.latent!)
    if (name === 'generator') return this.#runGenerator(feeds.latent!)
    return this.#runDecay(feeds.noise!)
  }

  async evaluate(name: string, feeds: Readonly<Record<string, NDArray>>): Promise<Record<string, NDArray>> {
    const kernel = name === 'generate' ? this.#state.ema : this.#state.kernel
    const { data } = this.#generate(kernel, feeds.latent!)
    return { samples: ndarray('float32', [feeds.latent!.shape[0]!, ...this.#options.shape], data) }
  }

  async readState(names?: readonly string[]): Promise<State> {
    const state: State = { ...structuredClone(this.#state) }
    if (names === undefined) return state
    return Object.fromEntries(
      selectNames('the tiny model', Object.keys(state), names).map((name) => [name, state[name]!]),
    )
  }

  async writeState(state: State, options?: WriteStateOptions): Promise<void> {
    checkState('the tiny model', { ...this.#state }, state, options)
    this.#state = { ...this.#state, ...structuredClone(state) } as unknown as TinyState
  }

  async dispose(): Promise<void> {}

  #generate(kernel: NDArray<'float32'>, latent: NDArray): NDArray<'float32'> {
    const [batch, size] = [latent.shape[0]!, kernel.shape[1]!]
    const samples = ndarray('float32', [batch, size])
    for (let index = 0; index < samples.data.length; index++) {
      const [row, column] = [Math.floor(index / size), index % size]
      let sum = 0
      for (let axis = 0; axis < LATENT; axis++) {
        sum += Number(latent.data[row * LATENT + axis]) * kernel.data[axis * size + column]!
      }
      samples.data[index] = Math.tanh(sum)
    }
    return samples
  }

  /** Mean logistic loss of a batch with one target, and the derivative by each logit. */
  #judge(samples: NDArray, target: 0 | 1): { loss: number; slopes: number[] } {
    const { direction } = this.#state
    const [batch, size] = [samples.shape[0]!, direction.data.length]
    let loss = 0
    const slopes = Array.from({ length: batch }, (_, row) => {
      let logit = 0
      for (let column = 0; column < size; column++) {
        logit += Number(samples.data[row * size + column]) * direction.data[column]!
      }
      loss += Math.log1p(Math.exp(target === 1 ? -logit : logit)) / batch
      return (1 / (1 + Math.exp(-logit)) - target) / batch
    })
    return { loss, slopes }
  }

  #runDiscriminator(real: NDArray, latent: NDArray): Record<string, number> {
    const { kernel, direction } = this.#state
    const fake = this.#generate(kernel, latent)
    const judged = [this.#judge(real, 1), this.#judge(fake, 0)]
    const size = direction.data.length
    for (const [which, samples] of [real, fake].entries()) {
      for (const [row, slope] of judged[which]!.slopes.entries()) {
        for (let column = 0; column < size; column++) {
          direction.data[column]! -= this.#rate * slope * Number(samples.data[row * size + column])
        }
      }
    }
    return { discriminatorLoss: judged[0]!.loss + judged[1]!.loss }
  }

  #runGenerator(latent: NDArray): Record<string, number> {
    const { kernel, ema, direction, steps } = this.#state
    const samples = this.#generate(kernel, latent)
    const { loss, slopes } = this.#judge(samples, 1)
    const size = direction.data.length
    for (const [row, slope] of slopes.entries()) {
      for (let column = 0; column < size; column++) {
        const sample = samples.data[row * size + column]!
        const gradient = slope * direction.data[column]! * (1 - sample * sample)
        for (let axis = 0; axis < LATENT; axis++) {
          kernel.data[axis * size + column]! -= this.#rate * gradient * Number(latent.data[row * LATENT + axis])
        }
      }
    }
    for (let index = 0; index < ema.data.length; index++) {
      ema.data[index] = 0.9 * ema.data[index]! + 0.1 * kernel.data[index]!
    }
    steps.data[0]! += 1n
    return { generatorLoss: loss }
  }

  #runDecay(noise: NDArray): Record<string, number> {
    const rate = Number(noise.data[0]) / 100
    const { direction } = this.#state
    for (let index = 0; index < direction.data.length; index++) direction.data[index]! *= 1 - rate
    return { decayRate: rate }
  }

  get #rate(): number {
    return this.#options.learningRate ?? 0.1
  }
}
