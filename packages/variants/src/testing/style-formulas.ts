import {
  add,
  clone,
  matMul,
  mul,
  reshape,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  type Variable,
} from '@tensorflow/tfjs-core'
import { player } from '../game/players.ts'
import { AdaptiveInstanceNormalization } from '../layers/adaptive-instance-normalization.ts'
import { BiasActivation } from '../layers/bias-activation.ts'
import { LearnedConstant } from '../layers/learned-constant.ts'
import { PixelNoise } from '../layers/pixel-noise.ts'
import { keepByImages, movingAverage } from '../moving-average.ts'
import type { Network, Weights } from '../network.ts'
import { lazilyMoved } from '../style/lazy-regularisation.ts'
import { mappingNetwork } from '../style/mapping-network.ts'
import { pathLengths } from '../style/path-length.ts'
import { styleDiscriminator } from '../style/style-discriminator.ts'
import { styleGenerator } from '../style/style-generator.ts'
import { styleGan2Options } from '../style/style-options.ts'
import { average, differentiate, differentiated, type Formula, normal, total, variableOf } from './formula.ts'

type Values = readonly number[]

const range = (length: number) => Array.from({ length }, (_, index) => index)
const rows = (values: Values, length: number) =>
  range(values.length / length).map((row) => values.slice(row * length, (row + 1) * length))
/** [rows, inputs] by [inputs, outputs]. */
const product = (left: readonly Values[], kernel: Values, outputs: number) =>
  left.map((row) =>
    range(outputs).map((output) => total(row.map((value, index) => value * kernel[index * outputs + output]!))),
  )
const weightNamed = (network: Weights, name: string, numbers: { shape: Values; values: Values }): Variable => {
  const weight = network.weights[name]!
  weight.assign(variableOf(numbers))
  return weight
}
const unit = (row: Values) => row.map((value) => value / Math.sqrt(average(row.map((own) => own ** 2)) + 1e-8))
const leaky = (value: number) => (value > 0 ? value : 0.2 * value)
const inTraining = { training: true }

function biasActivation(gain: number, rate: number): Formula {
  const starts = { x: normal('x', 2, 3), bias: normal('bias', 3) }
  const layer = new BiasActivation({ gain, learningRateMultiplier: rate })
  layer.build([2, 3])
  const state = { x: variableOf(starts.x), bias: layer.weights[0]!.read() as Variable }
  state.bias.assign(variableOf(starts.bias))
  return {
    name: `bias and activation with the gain ${gain.toFixed(2)}, biases ${rate} times as fast`,
    state,
    program: () => differentiate(state, () => sum(square(layer.apply(mul(state.x, gain)) as Tensor))),
    expected: () =>
      differentiated({ x: starts.x.values, bias: starts.bias.values }, ({ x, bias }) =>
        total(x!.map((value, index) => (gain * leaky(value + rate * bias![index % 3]!)) ** 2)),
      ),
  }
}

/** Noise of a pixel is that of all its channels; a sample may have less of it. */
function pixelNoise(perChannel: boolean): Formula {
  const starts = { images: normal('images', 2, 2, 2, 3), strength: normal('strength', ...(perChannel ? [3] : [])) }
  const [noise, amount] = [normal('noise', 2, 2, 2, 1).values, [1, 0.25]]
  const layer = new PixelNoise({ noise: 'here', gain: 2, perChannel })
  layer.build([
    [2, 2, 2, 3],
    [2, 1],
  ])
  const strength = layer.weights[0]!.read() as Variable
  strength.assign(variableOf(starts.strength))
  const state = { images: variableOf(starts.images), strength }
  return {
    name: `noise with a strength ${perChannel ? 'a channel' : 'for all channels'}`,
    feeds: { amount: { shape: [2, 1], values: amount } },
    noise: { here: noise },
    state,
    program: (feeds) => differentiate(state, () => sum(square(layer.apply([state.images, feeds.amount!]) as Tensor))),
    expected: () =>
      differentiated({ images: starts.images.values, strength: starts.strength.values }, (own) =>
        total(
          own.images!.map((value, index) => {
            const [pixel, channel, sample] = [Math.floor(index / 3), index % 3, Math.floor(index / 12)]
            return (value + 2 * own.strength![perChannel ? channel : 0]! * noise[pixel]! * amount[sample]!) ** 2
          }),
        ),
      ),
  }
}

function adaptiveNormalization(): Formula {
  const starts = { images: normal('images', 2, 2, 3, 2), styles: normal('styles', 2, 4) }
  const state = { images: variableOf(starts.images), styles: variableOf(starts.styles) }
  const wanted = normal('wanted', 2, 2, 3, 2)
  const layer = new AdaptiveInstanceNormalization({})
  return {
    name: 'adaptive instance normalization',
    feeds: { wanted },
    state,
    program: (feeds) =>
      differentiate(state, () => sum(square(sub(layer.apply([state.images, state.styles]) as Tensor, feeds.wanted!)))),
    expected: () =>
      differentiated({ images: starts.images.values, styles: starts.styles.values }, ({ images, styles }) =>
        total(
          images!.map((value, index) => {
            const [sample, channel] = [Math.floor(index / 12), index % 2]
            const map = images!.filter((_, other) => Math.floor(other / 12) === sample && other % 2 === channel)
            const mean = average(map)
            const spread = Math.sqrt(average(map.map((own) => (own - mean) ** 2)) + 1e-8)
            const [scale, offset] = [styles![sample * 4 + channel]!, styles![sample * 4 + 2 + channel]!]
            return ((1 + scale) * ((value - mean) / spread) + offset - wanted.values[index]!) ** 2
          }),
        ),
      ),
  }
}

function learnedConstant(): Formula {
  const start = normal('constant', 2, 2, 1)
  const layer = new LearnedConstant({ shape: [2, 2, 1], seed: 1 })
  layer.build()
  const state = { constant: layer.weights[0]!.read() as Variable }
  state.constant.assign(variableOf(start))
  return {
    name: 'a learned constant, the same for all samples',
    feeds: { styles: normal('styles', 3, 2, 2) },
    state,
    program: ({ styles }) => differentiate(state, () => sum(square(layer.apply(styles!) as Tensor))),
    expected: () =>
      differentiated({ constant: start.values }, ({ constant }) => 3 * total(constant!.map((value) => value ** 2))),
  }
}

const rate = 0.5

/** One layer, from z and the embedding of a label, each of unit spread. */
function mapping(): Formula {
  const network = mappingNetwork({
    name: 'mapping',
    latentSize: 3,
    classes: 2,
    styleSize: 2,
    layers: 1,
    learningRateMultiplier: rate,
    seed: 1,
  })
  const starts = {
    'embedding/kernel': normal('embedding', 2, 2),
    'dense0/kernel': normal('kernel', 5, 2),
    'dense0/activation/bias': normal('bias', 2),
  }
  const state = Object.fromEntries(
    Object.entries(starts).map(([name, numbers]) => [name, weightNamed(network, name, numbers)]),
  )
  const latent = normal('latent', 2, 3)
  const labels = { shape: [2, 2], values: [0, 1, 1, 0] }
  return {
    name: 'a mapping of noise and labels',
    feeds: { latent, labels },
    state: network.weights,
    program: (feeds) => differentiate(state, () => sum(square(network.apply(feeds, inTraining).w!))),
    expected: () =>
      differentiated(Object.fromEntries(Object.entries(starts).map(([name, { values }]) => [name, values])), (own) => {
        const embedded = product(rows(labels.values, 2), own['embedding/kernel']!, 2).map((row) =>
          row.map((value) => value / Math.sqrt(2)),
        )
        const inputs = rows(latent.values, 3).map((row, sample) => [...unit(row), ...unit(embedded[sample]!)])
        const sums = product(inputs, own['dense0/kernel']!, 2)
        const bias = own['dense0/activation/bias']!
        return total(
          sums.flatMap((row) =>
            row.map((value, index) => 2 * leaky((value * rate) / Math.sqrt(5) + rate * bias[index]!) ** 2),
          ),
        )
      }),
  }
}

/** A network that is one product with a kernel. */
function linear(
  input: string,
  output: string,
  inputs: number,
  outputs: number,
  shape: Values = [outputs],
): Network & { readonly start: Values } {
  const start = normal(`${input} to ${output}`, inputs, outputs)
  const weights = { kernel: variableOf(start) }
  return {
    start: start.values,
    weights,
    trainable: weights,
    apply: (given) => ({
      [output]: reshape(matMul(reshape(given[input]!, [-1, inputs]), weights.kernel as never), [-1, ...shape]),
    }),
    dispose: () => {},
  }
}

/** w = z·K, and a synthesis that shows every layer's w. */
function shownStyles(styleMixing: number) {
  const [latentSize, size, layers] = [2, 3, 4]
  const network = linear('latent', 'w', latentSize, size)
  const synthesis: Network = {
    weights: {},
    trainable: {},
    apply: ({ styles }) => ({ samples: styles! }),
    dispose: () => {},
  }
  const generator = styleGenerator({
    ...{ mapping: network, synthesis, shape: [layers, size], latentSize, styleMixing, averageDecay: 0.9 },
  })
  return { generator, layers, w: (latent: Values) => product(rows(latent, latentSize), network.start, size) }
}

/** Over three batches, from 0. */
function styleAverage(): Formula {
  const { generator, w } = shownStyles(0)
  const latent = normal('latent', 4, 2)
  const mean = range(3).map((index) => average(w(latent.values).map((row) => row[index]!)))
  return {
    name: 'the average of w',
    feeds: { latent },
    state: generator.weights,
    runs: 3,
    program: (feeds) => {
      generator.apply({ latent: feeds.latent! }, inTraining)
      return { average: clone(generator.weights['mapping/average']!) }
    },
    expected: (run) => ({ average: mean.map((value) => value * (1 - 0.9 ** (run + 1))) }),
  }
}

function truncation(): Formula {
  const { generator, w } = shownStyles(0.9)
  const [latent, center, psi] = [normal('latent', 3, 2), normal('center', 3), [0, 0.7, 1.5]]
  weightNamed(generator, 'mapping/average', center)
  return {
    name: 'truncation, with another ψ for every sample',
    feeds: { latent, psi: { shape: [3], values: psi } },
    state: generator.weights,
    program: (feeds) => ({
      w: generator.truncated(generator.mapped({ latent: feeds.latent! }, { training: false }), feeds.psi!),
    }),
    expected: () => ({
      w: w(latent.values).flatMap((row, sample) =>
        row.map((value, index) => center.values[index]! + psi[sample]! * (value - center.values[index]!)),
      ),
    }),
  }
}

/** Cuts at 1, 2 and 3 of four layers; the last sample is not mixed. */
function mixing(): Formula {
  const { generator, layers, w } = shownStyles(0.6)
  const [latent, other] = [normal('latent', 4, 2), normal('other', 4, 2)]
  const noise = {
    'generator/mixed_latent': other.values,
    'generator/mixing_layer': [0, 0.5, 0.99, 0.2],
    'generator/mixing': [0.1, 0.59, 0, 0.6],
  }
  const cuts = [1, 2, 3, layers]
  return {
    name: 'style mixing',
    feeds: { latent },
    noise,
    state: generator.weights,
    program: (feeds) => ({ styles: generator.styles({ latent: feeds.latent! }, inTraining) }),
    expected: () => ({
      styles: w(latent.values).flatMap((row, sample) =>
        range(layers).flatMap((layer) => (layer < cuts[sample]! ? row : w(other.values)[sample]!)),
      ),
    }),
  }
}

/** Images tanh(styles·K) of [1, 2, 1] pixels: Jᵀy of every layer is K·((1 - tanh²)⊙y)/√2. Three runs move the mean. */
function pathLength(): Formula {
  const [batch, layers, size, pixels] = [3, 2, 2, 2]
  const start = normal('kernel', layers * size, pixels)
  const state = { kernel: variableOf(start) }
  const paths = pathLengths(0.25)
  const [styles, noise] = [normal('styles', batch, layers, size), normal('y', batch, 1, pixels, 1)]
  const lengthsOf = (kernel: Values) =>
    rows(styles.values, layers * size).map((row, sample) => {
      const slopes = range(pixels).map((pixel) => {
        const image = Math.tanh(total(row.map((value, index) => value * kernel[index * pixels + pixel]!)))
        return ((1 - image ** 2) * noise.values[sample * pixels + pixel]!) / Math.sqrt(pixels)
      })
      const squares = row.map(
        (_, index) => total(slopes.map((slope, pixel) => slope * kernel[index * pixels + pixel]!)) ** 2,
      )
      return Math.sqrt(total(squares) / layers + 1e-12)
    })
  const meanAfter = (runs: number): number =>
    runs === 0 ? 0 : meanAfter(runs - 1) * 0.75 + 0.25 * average(lengthsOf(start.values))
  return {
    name: 'path lengths with their moving mean',
    feeds: { styles },
    noise: { path_length: noise.values },
    state: { ...state, ...paths.slots },
    runs: 3,
    program: (feeds) => {
      const synthesize = (own: Tensor) =>
        reshape(tanh(matMul(reshape(own, [batch, -1]), state.kernel as never)), [batch, 1, pixels, 1])
      const results = differentiate(state, () => paths.penalty(synthesize, feeds.styles!).penalty)
      return { ...results, mean: clone(paths.slots.average!) }
    },
    expected: (run) => ({
      ...differentiated({ kernel: start.values }, ({ kernel }) => {
        const lengths = lengthsOf(kernel!)
        const next = meanAfter(run) * 0.75 + 0.25 * average(lengths)
        return average(lengths.map((length) => (length - next) ** 2))
      }),
      mean: [meanAfter(run + 1)],
    }),
  }
}

/** Half of the average is new after 20 images: batches of 8. */
function averageByImages(rampUpShare: number): Formula {
  const [start, batchSize, halfLife] = [normal('weight', 3), 8, 20]
  const [source, follower] = [{ kernel: variableOf(start) }, { kernel: variableOf(start) }]
  const ofWeights = (weights: Readonly<Record<string, Variable>>) => ({ weights, trainable: weights })
  const { update, updates } = movingAverage(
    ofWeights(source),
    ofWeights(follower),
    keepByImages(halfLife, rampUpShare, batchSize),
  )
  const after = (runs: number): Values => {
    if (runs === 0) return start.values
    const longest = rampUpShare === 0 ? halfLife : Math.min(halfLife, runs * batchSize * rampUpShare)
    const keep = 0.5 ** (batchSize / longest)
    return after(runs - 1).map((value, index) => keep * value + (1 - keep) * (start.values[index]! + runs))
  }
  return {
    name: `a moving average by images, ${rampUpShare === 0 ? 'from the start' : `of ${rampUpShare} of them at most`}`,
    state: { source: source.kernel, follower: follower.kernel, updates },
    runs: 5,
    program: () => {
      source.kernel.assign(add(source.kernel, 1))
      update()
      return { average: clone(follower.kernel) }
    },
    expected: (run) => ({ average: after(run + 1) }),
  }
}

/** Adam at rate 0.1·c with decays 0.5ᶜ and 0.9ᶜ, c = 4/5, of a weight whose gradient is itself. */
function lazy(): Formula {
  const start = normal('kernel', 3)
  const weights = { kernel: variableOf(start) }
  const own = { learningRate: 0.1, beta1: 0.5, beta2: 0.9 }
  const options = styleGan2Options.parse(own)
  const network: Weights = { weights, trainable: weights, dispose: () => {} }
  const { optimizer } = player('player', network, { options: { ...options, ...lazilyMoved(own, 4) } })
  const [learningRate, beta1, beta2] = [0.08, 0.5 ** 0.8, 0.9 ** 0.8]
  const after = (runs: number) =>
    start.values.map((value) => {
      let [weight, first, second] = [value, 0, 0]
      for (let update = 1; update <= runs; update++) {
        first = beta1 * first + (1 - beta1) * weight
        second = beta2 * second + (1 - beta2) * weight ** 2
        const [mean, squares] = [first / (1 - beta1 ** update), second / (1 - beta2 ** update)]
        weight -= (learningRate * mean) / (Math.sqrt(squares) + 1e-7)
      }
      return weight
    })
  return {
    name: 'Adam of a network that is regularised lazily',
    state: { ...weights, ...optimizer.slots },
    runs: 4,
    program: () => {
      optimizer.apply({ [weights.kernel.name]: clone(weights.kernel) })
      return { kernel: clone(weights.kernel) }
    },
    expected: (run) => ({ kernel: after(run + 1) }),
  }
}

/** What is written of it without convolutions: the logit is ⟨trunk, mapped label⟩/√n. */
function projection(): Formula {
  const options = styleGan2Options.parse({ discriminatorWidth: 2, mappingLayers: 1, minibatchStandardDeviation: 0 })
  const plan = { size: 8, channels: 1, sides: [4, 8], styles: 4 }
  const network = styleDiscriminator({ plan, options, classes: 2, seed: 1 })
  const trunk = styleDiscriminator({ plan, options, seed: 1 })
  // The same weights, but for the last layer: here an output for every number of a label.
  const last = 'b4/logits'
  const [kernel, bias] = [normal('kernel', 2, 2), normal('bias', 2)]
  weightNamed(network, `${last}/kernel`, kernel)
  weightNamed(network, `${last}/bias`, bias)
  weightNamed(network, 'labels/embedding/kernel', normal('embedding', 2, 2))
  weightNamed(network, 'labels/dense0/kernel', normal('mapped', 2, 2))
  const [samples, labels] = [normal('samples', 2, 8, 8, 1), { shape: [2, 2], values: [0, 1, 1, 0] }]
  const features = [...trunk.apply({ samples: variableOf(samples) }, inTraining).features!.dataSync()]
  return {
    name: 'the logit of a projected label',
    feeds: { samples, labels },
    state: network.weights,
    program: (feeds) => ({ logits: network.apply(feeds, inTraining).logits! }),
    expected: () => {
      const ends = product(rows(features, 2), kernel.values, 2).map((row) =>
        row.map((value, index) => value / Math.sqrt(2) + bias.values[index]!),
      )
      const embedded = product(rows(labels.values, 2), normal('embedding', 2, 2).values, 2).map((row) =>
        unit(row.map((value) => value / Math.sqrt(2))),
      )
      const w = product(embedded, normal('mapped', 2, 2).values, 2).map((row) =>
        row.map((value) => Math.SQRT2 * leaky((value * 0.01) / Math.sqrt(2))),
      )
      return {
        logits: ends.map((row, sample) => total(row.map((value, index) => value * w[sample]![index]!)) / Math.sqrt(2)),
      }
    },
  }
}

/** What is of styles: mapping, synthesis, and how they are trained. */
export const styleFormulas: readonly Formula[] = [
  biasActivation(1, 1),
  biasActivation(Math.SQRT2, 0.01),
  pixelNoise(false),
  pixelNoise(true),
  adaptiveNormalization(),
  learnedConstant(),
  mapping(),
  styleAverage(),
  truncation(),
  mixing(),
  pathLength(),
  averageByImages(0),
  averageByImages(0.5),
  lazy(),
  projection(),
]
