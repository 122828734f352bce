import { add, clone, matMul, mul, type Tensor, tanh } from '@tensorflow/tfjs-core'
import { MinibatchStandardDeviation } from '../layers/minibatch-standard-deviation.ts'
import { featureDistance } from '../penalties/feature-distance.ts'
import { draganPenalty, interpolatedPenalty, zeroCenteredPenalty } from '../penalties/gradient-penalties.ts'
import { orthogonalPenalty, weightHistory } from '../penalties/weight-penalties.ts'
import { average, differentiate, differentiated, type Formula, normal, total, uniform, variableOf } from './formula.ts'

const [batch, width, units] = [5, 3, 4]
const feeds = { real: normal('real', batch, width), fake: normal('fake', batch, width) }
const critic = {
  kernel: normal('kernel', width, units),
  bias: normal('bias', units),
  output: normal('output', units, 1),
}
const criticValues = { kernel: critic.kernel.values, bias: critic.bias.values, output: critic.output.values }
type Weights = Readonly<Record<string, readonly number[]>>

const row = (values: readonly number[], index: number, length: number) =>
  values.slice(index * length, (index + 1) * length)

/** ‖∇D(x)‖² of D(x) = v·tanh(Wᵀx + b): ∂D/∂xᵢ = Σₖ vₖ·(1 - tanh²(aₖ))·Wᵢₖ. */
function squaredSlope({ kernel, bias, output }: Weights, sample: readonly number[]): number {
  const inner = bias!.map((own, unit) => {
    const activation = own + total(sample.map((value, index) => value * kernel![index * units + unit]!))
    return output![unit]! * (1 - Math.tanh(activation) ** 2)
  })
  return total(sample.map((_, index) => total(inner.map((slope, unit) => slope * kernel![index * units + unit]!)) ** 2))
}

const oneSlope = (weights: Weights, sample: readonly number[]) => (Math.sqrt(squaredSlope(weights, sample)) - 1) ** 2

const samplesOf = (values: readonly number[]) => Array.from({ length: batch }, (_, index) => row(values, index, width))
const real = samplesOf(feeds.real.values)
const fake = samplesOf(feeds.fake.values)
const shares = uniform('shares', batch)
const perturbations = uniform('perturbations', batch * width)
const center = average(feeds.real.values)
const spread = Math.sqrt(average(feeds.real.values.map((value) => (value - center) ** 2)))

function gradientPenalty(
  name: string,
  penalty: (critic: (samples: Tensor) => Tensor, feeds: Readonly<Record<string, Tensor>>) => Tensor,
  reference: (weights: Weights) => number,
  noise: Formula['noise'] = {},
): Formula {
  const state = {
    kernel: variableOf(critic.kernel),
    bias: variableOf(critic.bias),
    output: variableOf(critic.output),
  }
  const judge = (samples: Tensor) =>
    matMul(tanh(add(matMul(samples as never, state.kernel as never), state.bias)), state.output as never)
  return {
    name,
    feeds,
    noise,
    state,
    program: (inputs) => differentiate(state, () => penalty(judge, inputs)),
    expected: () => differentiated(criticValues, reference),
  }
}

const gradientPenalties: readonly Formula[] = [
  gradientPenalty(
    'WGAN-GP: between real and generated samples',
    (judge, own) => interpolatedPenalty(judge, own.real!, own.fake!),
    (weights) =>
      average(
        real.map((sample, index) => {
          const share = shares[index]!
          return oneSlope(
            weights,
            sample.map((value, axis) => share * value + (1 - share) * fake[index]![axis]!),
          )
        }),
      ),
    { 'penalty/interpolation': shares },
  ),
  gradientPenalty(
    'DRAGAN: around real samples',
    (judge, own) => draganPenalty(judge, own.real!),
    (weights) =>
      average(
        real.map((sample, index) =>
          oneSlope(
            weights,
            sample.map((value, axis) => value + shares[index]! * 0.5 * spread * perturbations[index * width + axis]!),
          ),
        ),
      ),
    { 'penalty/interpolation': shares, 'penalty/perturbation': perturbations },
  ),
  gradientPenalty(
    'R1: at real samples',
    (judge, own) => zeroCenteredPenalty(judge, own.real!),
    (weights) => average(real.map((sample) => squaredSlope(weights, sample))) / 2,
  ),
  gradientPenalty(
    'R2: at generated samples',
    (judge, own) => zeroCenteredPenalty(judge, own.fake!),
    (weights) => average(fake.map((sample) => squaredSlope(weights, sample))) / 2,
  ),
]

/**
 * R1 of D(xᵢ) = v·hᵢ + c·s with h = tanh(Wᵀx) and the mean s over units k of σₖ = √(Σᵢ (hᵢₖ - mₖ)²/n + ε) over the batch:
 * ∂ Σᵢ D(xᵢ)/∂hⱼₖ = vₖ + c·(hⱼₖ - mₖ)/(K·σₖ).
 */
function besideSpread(): Formula {
  const starts = { kernel: critic.kernel, output: normal('output beside spread', units + 1, 1) }
  const state = { kernel: variableOf(starts.kernel), output: variableOf(starts.output) }
  const spread = new MinibatchStandardDeviation({ size: batch })
  const judge = (samples: Tensor) => {
    const hidden = tanh(matMul(samples as never, state.kernel as never))
    return matMul(spread.call(hidden) as never, state.output as never)
  }
  const reference = ({ kernel, output }: Weights) => {
    const hidden = real.map((sample) =>
      Array.from({ length: units }, (_, unit) =>
        Math.tanh(total(sample.map((value, index) => value * kernel![index * units + unit]!))),
      ),
    )
    const columns = Array.from({ length: units }, (_, unit) => hidden.map((own) => own[unit]!))
    const means = columns.map(average)
    const spreads = columns.map((own, unit) =>
      Math.sqrt(average(own.map((value) => (value - means[unit]!) ** 2)) + 1e-8),
    )
    const slopesOf = (own: readonly number[]) =>
      own.map((value, unit) => {
        const direct = output![unit]! + (output![units]! * (value - means[unit]!)) / (units * spreads[unit]!)
        return direct * (1 - value ** 2)
      })
    const norms = hidden.map((own) => {
      const inner = slopesOf(own)
      return total(
        Array.from({ length: width }, (_, index) => index).map(
          (index) => total(inner.map((slope, unit) => slope * kernel![index * units + unit]!)) ** 2,
        ),
      )
    })
    return average(norms) / 2
  }
  return {
    name: 'R1 beside a minibatch standard deviation',
    feeds: { real: feeds.real },
    state,
    program: (inputs) => differentiate(state, () => zeroCenteredPenalty(judge, inputs.real!)),
    expected: () => differentiated({ kernel: starts.kernel.values, output: starts.output.values }, reference),
  }
}

function featureMatching(): Formula {
  const state = { fake: variableOf(feeds.fake) }
  const mean = (samples: readonly (readonly number[])[], axis: number) =>
    average(samples.map((sample) => sample[axis]!))
  return {
    name: 'feature matching',
    feeds: { real: feeds.real },
    state,
    program: (inputs) => differentiate(state, () => featureDistance(inputs.real!, state.fake)),
    expected: () =>
      differentiated({ fake: feeds.fake.values }, (own) =>
        total(
          feeds.real.values
            .slice(0, width)
            .map((_, axis) => (mean(real, axis) - mean(samplesOf(own.fake!), axis)) ** 2),
        ),
      ),
  }
}

/** ‖WᵀW ⊙ (1 - I)‖² of a kernel with so many outputs, which are its last axis. */
function deviation(values: readonly number[], outputs: number): number {
  const inputs = values.length / outputs
  let sum = 0
  for (let first = 0; first < outputs; first++) {
    for (let second = 0; second < outputs; second++) {
      if (first === second) continue
      let product = 0
      for (let input = 0; input < inputs; input++) {
        product += values[input * outputs + first]! * values[input * outputs + second]!
      }
      sum += product ** 2
    }
  }
  return sum
}

function orthogonality(): Formula {
  const kernels = { convolution: normal('convolution', 2, 2, 3, 4), dense: normal('dense', 3, 5) }
  const state = {
    'conv2d_1/kernel': variableOf(kernels.convolution),
    'dense_1/kernel': variableOf(kernels.dense),
  }
  // Biases and scales are no kernels.
  const others = { 'dense_1/bias': variableOf(normal('bias', 5)) }
  return {
    name: 'orthogonal regularization of a convolution and a dense layer',
    state: { ...state, ...others },
    program: () => differentiate(state, () => orthogonalPenalty({ ...state, ...others })),
    expected: () =>
      differentiated(
        { 'conv2d_1/kernel': kernels.convolution.values, 'dense_1/kernel': kernels.dense.values },
        (own) => deviation(own['conv2d_1/kernel']!, 4) + deviation(own['dense_1/kernel']!, 5),
      ),
  }
}

/** Weights that move to 0.8·θ + 0.1 at every step; the average is that of all weights so far. */
function historicalAveraging(): Formula {
  const starts = { kernel: normal('first', 2, 2), bias: normal('second', 3) }
  const weights = { kernel: variableOf(starts.kernel), bias: variableOf(starts.bias) }
  const history = weightHistory(weights)
  const at = (start: readonly number[], step: number): readonly number[] =>
    step === 0 ? start : at(start, step - 1).map((value) => 0.8 * value + 0.1)
  const averageUntil = (start: readonly number[], step: number) =>
    start.map((_, index) => average(Array.from({ length: step + 1 }, (_own, past) => at(start, past)[index]!)))
  return {
    name: 'historical averaging over five updates',
    runs: 5,
    state: { ...weights, ...history.slots },
    program: () => {
      const results = differentiate(weights, () => history.distance())
      for (const weight of Object.values(weights)) weight.assign(add(mul(weight, 0.8), 0.1))
      history.update()
      return { ...results, average: clone(history.slots['kernel/average']!) }
    },
    expected: (run) => {
      const [kernel, bias] = [starts.kernel.values, starts.bias.values]
      const centers: Weights = { kernel: averageUntil(kernel, run), bias: averageUntil(bias, run) }
      const own = differentiated({ kernel: at(kernel, run), bias: at(bias, run) }, (values) =>
        total(
          Object.entries(values).flatMap(([name, numbers]) =>
            numbers.map((value, index) => (value - centers[name]![index]!) ** 2),
          ),
        ),
      )
      return { ...own, average: averageUntil(kernel, run + 1) }
    },
  }
}

/** Penalties of gradients, weights and features: their values, and the gradients that they train with. */
export const penaltyFormulas: readonly Formula[] = [
  ...gradientPenalties,
  besideSpread(),
  featureMatching(),
  orthogonality(),
  historicalAveraging(),
]
