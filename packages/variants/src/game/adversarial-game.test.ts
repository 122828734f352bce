import { createOnnxRuntimeTraining } from '@gantry/backend-onnxruntime'
import { createTfjsTraining } from '@gantry/backend-tfjs'
import { compileModel } from '@gantry/compiler'
import { ndarray } from '@gantry/core'
import { matMul, type Tensor, tanh } from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import type { Network } from '../network.ts'
import { boundSamples } from '../testing/fields.ts'
import { average, normal, slopes, total, variableOf } from '../testing/formula.ts'
import { adversarialGame } from './adversarial-game.ts'
import { gameOptions } from './game-options.ts'

// A whole game written out in float64 loops, to see that every term has its weight, its player and its moment.
const [batch, width, units] = [4, 2, 3]
const starts = {
  generator: normal('generator', width, width),
  kernel: normal('discriminator', width, units),
  output: normal('output', units, 1),
}

type Values = readonly number[]
type Options = ReturnType<typeof gameOptions.parse>

function linearGenerator(): Network {
  const weights = { kernel: variableOf(starts.generator) }
  return {
    weights,
    trainable: weights,
    apply: ({ latent }) => ({ samples: matMul(latent as never, weights.kernel as never) as Tensor }),
    dispose: () => weights.kernel.dispose(),
  }
}

function shallowDiscriminator(perSample: boolean): Network {
  const weights = { kernel: variableOf(starts.kernel), output: variableOf(starts.output) }
  return {
    weights,
    trainable: weights,
    perSample,
    apply: ({ samples }) => {
      const features = tanh(matMul(samples as never, weights.kernel as never))
      return { features, logits: matMul(features as never, weights.output as never) }
    },
    dispose: () => {
      for (const weight of Object.values(weights)) weight.dispose()
    },
  }
}

const rowsOf = (values: Values) =>
  Array.from({ length: values.length / width }, (_, row) => values.slice(row * width, (row + 1) * width))

const generate = (kernel: Values, latent: Values) =>
  rowsOf(latent).flatMap((noise) =>
    noise.map((_, column) => total(noise.map((value, row) => value * kernel[row * width + column]!))),
  )

/** The discriminator's weights one after the other: the kernel, then the output. */
const split = (weights: Values) => [weights.slice(0, width * units), weights.slice(width * units)] as const

const featuresOf = (weights: Values, sample: Values) =>
  Array.from({ length: units }, (_, unit) =>
    Math.tanh(total(sample.map((value, row) => value * weights[row * units + unit]!))),
  )

const logitOf = (weights: Values, sample: Values) =>
  total(featuresOf(weights, sample).map((feature, unit) => feature * split(weights)[1][unit]!))

const logProbability = (logit: number) => -Math.log(1 + Math.exp(-logit))

/** ½·E ‖∇D‖². */
const halfSquaredSlope = (weights: Values, samples: Values) =>
  average(
    rowsOf(samples).map((sample) => {
      const [kernel, output] = split(weights)
      const inner = featuresOf(weights, sample).map((feature, unit) => output[unit]! * (1 - feature ** 2))
      const gradient = sample.map((_, row) => total(inner.map((slope, unit) => slope * kernel[row * units + unit]!)))
      return total(gradient.map((value) => value ** 2)) / 2
    }),
  )

const squaredDistance = (left: Values, right: Values) => total(left.map((value, index) => (value - right[index]!) ** 2))

const meanFeatures = (weights: Values, samples: Values) => {
  const features = rowsOf(samples).map((sample) => featuresOf(weights, sample))
  return Array.from({ length: units }, (_, unit) => average(features.map((own) => own[unit]!)))
}

const descend = (weights: Values, rate: number, loss: (weights: Values) => number) => {
  const gradient = slopes(loss, weights)
  return weights.map((weight, index) => weight - rate * gradient[index]!)
}

/** Both players, everywhere that they have been, and the generator's average. */
class Reference {
  readonly #options: Options
  readonly discriminators: Values[] = [[...starts.kernel.values, ...starts.output.values]]
  readonly generators: Values[] = [starts.generator.values]
  ema = starts.generator.values

  constructor(options: Options) {
    this.#options = options
  }

  get discriminator(): Values {
    return this.discriminators.at(-1)!
  }

  get generator(): Values {
    return this.generators.at(-1)!
  }

  #past(visited: readonly Values[]): Values {
    return visited[0]!.map((_, index) => average(visited.map((weights) => weights[index]!)))
  }

  #penalties(weights: Values, real: Values, fake: Values): number {
    const { r1, r2 } = this.#options
    return r1 * halfSquaredSlope(weights, real) + r2 * halfSquaredSlope(weights, fake)
  }

  #discriminatorLoss(weights: Values, real: Values, fake: Values): number {
    const { realLabel, historicalAveraging, penaltyEvery } = this.#options
    const realTerms = rowsOf(real).map((sample) => {
      const logit = logitOf(weights, sample)
      return -realLabel * logProbability(logit) - (1 - realLabel) * logProbability(-logit)
    })
    const fakeTerms = rowsOf(fake).map((sample) => -logProbability(-logitOf(weights, sample)))
    const history = historicalAveraging * squaredDistance(weights, this.#past(this.discriminators))
    const penalty = penaltyEvery > 1 ? 0 : this.#penalties(weights, real, fake)
    return average(realTerms) + average(fakeTerms) + history + penalty
  }

  #generatorLoss(weights: Values, real: Values, latent: Values): number {
    const { featureMatching, historicalAveraging, orthogonalRegularization } = this.#options
    const fake = generate(weights, latent)
    const [a, b, c, d] = weights as [number, number, number, number]
    return (
      average(rowsOf(fake).map((sample) => -logProbability(logitOf(this.discriminator, sample)))) +
      featureMatching *
        squaredDistance(meanFeatures(this.discriminator, real), meanFeatures(this.discriminator, fake)) +
      historicalAveraging * squaredDistance(weights, this.#past(this.generators)) +
      orthogonalRegularization * 2 * (a * b + c * d) ** 2
    )
  }

  #nextDiscriminator(loss: (weights: Values) => number): Values {
    const { weightClip = Number.POSITIVE_INFINITY, learningRate, discriminatorLearningRate } = this.#options
    const moved = descend(this.discriminator, discriminatorLearningRate ?? learningRate, loss)
    return moved.map((weight) => Math.min(weightClip, Math.max(-weightClip, weight)))
  }

  /** What a phase does with its feeds. */
  run(phase: string, samples: Values, latent: Values): void {
    const { learningRate, emaDecay, penaltyEvery } = this.#options
    const fake = generate(this.generator, latent)
    const generator = () =>
      descend(this.generator, learningRate, (weights) => this.#generatorLoss(weights, samples, latent))
    const discriminator = () => this.#nextDiscriminator((weights) => this.#discriminatorLoss(weights, samples, fake))
    const moves: { discriminator?: Values; generator?: Values } = {
      ...((phase === 'discriminator' || phase === 'step') && { discriminator: discriminator() }),
      ...((phase === 'generator' || phase === 'step') && { generator: generator() }),
      ...(phase === 'penalty' && {
        discriminator: this.#nextDiscriminator((weights) => penaltyEvery * this.#penalties(weights, samples, fake)),
      }),
    }
    if (moves.discriminator) this.discriminators.push(moves.discriminator)
    if (!moves.generator) return
    this.generators.push(moves.generator)
    this.ema = this.ema.map((value, index) => emaDecay * value + (1 - emaDecay) * this.generator[index]!)
  }
}

const everything = {
  optimizer: 'sgd',
  latentSize: width,
  learningRate: 0.1,
  discriminatorLearningRate: 0.04,
  discriminatorNormalization: 'none',
  realLabel: 0.9,
  r1: 2,
  r2: 0.5,
  featureMatching: 0.3,
  historicalAveraging: 0.2,
  orthogonalRegularization: 0.1,
  weightClip: 0.7,
  emaDecay: 0.5,
  emaRampUp: false,
}

describe.each([
  ['alternating, two discriminator steps for one of the generator', { ...everything, criticSteps: 2 }],
  ['alternating, gradient penalties every third step', { ...everything, penaltyEvery: 3 }],
  ['simultaneous', { ...everything, update: 'simultaneous' }],
  ['without anything but a loss', { optimizer: 'sgd', latentSize: width, learningRate: 0.3, emaRampUp: false }],
])('a game: %s', (_, given) => {
  it.each([
    ['together', true],
    ['apart', false],
  ])('moves as in float64, on TF.js and on ONNX Runtime, samples judged %s', async (_how, perSample) => {
    const options = gameOptions.parse(given)
    const model = adversarialGame({
      name: 'small',
      generator: linearGenerator(),
      generatorEma: linearGenerator(),
      discriminator: shallowDiscriminator(perSample),
      options,
      samples: boundSamples([width]),
      batchSize: batch,
    })
    const compiled = await compileModel(model)
    const sessions = [
      await createTfjsTraining({ backend: 'cpu' }).prepare(model),
      await createOnnxRuntimeTraining({ device: 'cpu', threads: 1 }).prepare(compiled),
    ]
    const reference = new Reference(options)
    for (let step = 0; step < 6; step++) {
      for (const { name, feeds } of model.phases.filter(({ every }) => step % every === 0)) {
        const given = {
          samples: normal(`${name}/samples/${step}`, batch, width),
          latent: normal(`${name}/latent/${step}`, batch, width),
        }
        const arrays = Object.keys(feeds).map((feed) => {
          const { shape, values } = given[feed as keyof typeof given]
          return [feed, ndarray('float32', shape, Float32Array.from(values))] as const
        })
        reference.run(name, given.samples.values, given.latent.values)
        const [kernel, output] = split(reference.discriminator)
        const expected = {
          'discriminator/kernel': kernel,
          'discriminator/output': output,
          'generator/kernel': reference.generator,
          'generatorEma/kernel': reference.ema,
        }
        for (const session of sessions) {
          await session.run(name, Object.fromEntries(arrays))
          const state = await session.readState()
          for (const [weight, values] of Object.entries(expected)) {
            for (const [index, value] of values.entries()) {
              const own = state[weight]!.data[index] as number
              expect(Math.abs(own - value), `${weight} after ${name} of step ${step}`).toBeLessThanOrEqual(1e-5)
            }
          }
        }
      }
    }
    await Promise.all(sessions.map((session) => session.dispose()))
    model.dispose()
  })
})
