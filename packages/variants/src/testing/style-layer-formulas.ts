import { mul, square, sub, sum, type Tensor, type Variable } from '@tensorflow/tfjs-core'
import { AdaptiveInstanceNormalization } from '../layers/adaptive-instance-normalization.ts'
import { BiasActivation } from '../layers/bias-activation.ts'
import { LearnedConstant } from '../layers/learned-constant.ts'
import { PixelNoise } from '../layers/pixel-noise.ts'
import { average, differentiate, differentiated, type Formula, normal, total, variableOf } from './formula.ts'
import { leaky } from './style-rows.ts'

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

/** Layers of a synthesis by styles, but for its convolutions. */
export const styleLayerFormulas: readonly Formula[] = [
  biasActivation(1, 1),
  biasActivation(Math.SQRT2, 0.01),
  pixelNoise(false),
  pixelNoise(true),
  adaptiveNormalization(),
  learnedConstant(),
]
