import { clone, matMul, reshape, square, sum } from '@tensorflow/tfjs-core'
import type { Network } from '../network.ts'
import { mappingNetwork } from '../style/mapping-network.ts'
import { styleDiscriminator } from '../style/style-discriminator.ts'
import { styleGenerator } from '../style/style-generator.ts'
import { styleGan2Options } from '../style/style-options.ts'
import { average, differentiate, differentiated, type Formula, normal, range, total, variableOf } from './formula.ts'
import { inTraining, leaky, product, rows, unit, type Values, weightNamed } from './style-rows.ts'

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

/** What noise and labels are mapped to, and what becomes of it before it is drawn. */
export const styleMappingFormulas: readonly Formula[] = [
  mapping(),
  styleAverage(),
  truncation(),
  mixing(),
  projection(),
]
