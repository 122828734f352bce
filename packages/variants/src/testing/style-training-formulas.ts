import { add, clone, matMul, reshape, type Tensor, tanh, type Variable } from '@tensorflow/tfjs-core'
import { player } from '../game/players.ts'
import { keepByImages, movingAverage } from '../moving-average.ts'
import type { Weights } from '../network.ts'
import { lazilyMoved } from '../style/lazy-regularisation.ts'
import { pathLengths } from '../style/path-length.ts'
import { styleGan2Options } from '../style/style-options.ts'
import { average, differentiate, differentiated, type Formula, normal, range, total, variableOf } from './formula.ts'
import { rows, type Values } from './style-rows.ts'

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

/** How generators of styles are regularised, moved and averaged. */
export const styleTrainingFormulas: readonly Formula[] = [
  pathLength(),
  averageByImages(0),
  averageByImages(0.5),
  lazy(),
]
