import { add, clone, grad, mul, pow, square, sum, type Tensor, tidy, type Variable } from '@tensorflow/tfjs-core'
import type { layers } from '@tensorflow/tfjs-layers'
import { EqualizedConv2D } from '../layers/equalized-conv2d.ts'
import { EqualizedDense } from '../layers/equalized-dense.ts'
import { fadedIn } from '../layers/fade-in.ts'
import { MinibatchStandardDeviation } from '../layers/minibatch-standard-deviation.ts'
import { PixelNormalization } from '../layers/pixel-normalization.ts'
import type { Network } from '../network.ts'
import { driftPenalty } from '../penalties/drift-penalty.ts'
import { growingDiscriminator } from '../progan/growing-discriminator.ts'
import { growingGenerator } from '../progan/growing-generator.ts'
import { imagesAt } from '../progan/images-at.ts'
import {
  average,
  differentiate,
  differentiated,
  type Formula,
  type Numbers,
  normal,
  total,
  variableOf,
} from './formula.ts'
import {
  blended,
  discriminator8,
  enlarged,
  equalizedConv,
  equalizedDense,
  generator8,
  type Image,
  pixelNorm,
  reduced,
} from './growing-reference.ts'

type Layer = InstanceType<typeof layers.Layer>
type Vector = readonly number[]

const rows = (values: Vector, length: number): Vector[] =>
  Array.from({ length: values.length / length }, (_, row) => values.slice(row * length, (row + 1) * length))
const imagesOf = (values: Vector, side: number, channels: number): Image[] =>
  rows(values, side ** 2 * channels).map((own) => rows(rows(own, channels) as never, side) as never)
const squares = (values: Vector) => total(values.map((value) => value ** 2))
const sumOfSquares = (tensor: Tensor) => sum(square(tensor))
const counter = (steps = 0) => variableOf({ shape: [], values: [steps] })

/** Σ y² of a layer with its slopes by what it is given, and by its weights. */
function ofLayer(
  name: string,
  layer: Layer,
  given: Numbers,
  reference: (own: Readonly<Record<string, Vector>>) => Vector,
): Formula {
  const x = variableOf(given)
  tidy(() => layer.apply(x) as Tensor)
  const starts = layer.weights.map((weight) => {
    const own = weight.originalName.split('/').at(-1)!
    return [own, normal(`${name} ${own}`, ...(weight.shape as number[])), weight.read() as Variable] as const
  })
  for (const [, start, variable] of starts) variable.assign(variableOf(start))
  const state = { x, ...Object.fromEntries(starts.map(([own, , variable]) => [own, variable])) }
  const values = { x: given.values, ...Object.fromEntries(starts.map(([own, start]) => [own, start.values])) }
  return {
    name,
    state,
    program: () => differentiate(state, () => sumOfSquares(layer.apply(x) as Tensor)),
    expected: () => differentiated(values, (own) => squares(reference(own))),
  }
}

const vectors = normal('vectors', 3, 4)
const maps = normal('maps', 2, 3, 3, 2)
const dense = (gain: number, rate: number) => (own: Readonly<Record<string, Vector>>) =>
  rows(own.x!, 4).flatMap((x) =>
    equalizedDense(x, own.kernel!, gain * rate).map((value, at) => value + rate * own.bias![at]!),
  )
const convolution = (side: number, gain: number) => (own: Readonly<Record<string, Vector>>) =>
  imagesOf(own.x!, 3, 2).flatMap((image) =>
    equalizedConv(image, { kernel: own.kernel!, bias: own.bias! }, side, gain).flat(2),
  )

const equalized: readonly Formula[] = [
  ofLayer('equalized dense', new EqualizedDense({ units: 2 }), vectors, dense(1, 1)),
  ofLayer(
    'equalized dense of gain √2',
    new EqualizedDense({ units: 2, gain: Math.SQRT2 }),
    vectors,
    dense(Math.SQRT2, 1),
  ),
  ofLayer(
    'equalized dense that learns a tenth as fast',
    new EqualizedDense({ units: 2, learningRateMultiplier: 0.1 }),
    vectors,
    dense(1, 0.1),
  ),
  ofLayer('equalized 3×3 convolution', new EqualizedConv2D({ filters: 2, kernelSize: 3 }), maps, convolution(3, 1)),
  ofLayer('from and to colours', new EqualizedConv2D({ filters: 3, kernelSize: 1 }), maps, convolution(1, 1)),
]

/** A number of variables, with its slopes by each. */
function ofFunction(
  name: string,
  starts: Readonly<Record<string, Numbers>>,
  program: (state: Readonly<Record<string, Variable>>) => Tensor,
  reference: (own: Readonly<Record<string, Vector>>) => number,
): Formula {
  const state = Object.fromEntries(Object.entries(starts).map(([own, start]) => [own, variableOf(start)]))
  const values = Object.fromEntries(Object.entries(starts).map(([own, start]) => [own, start.values]))
  return {
    name,
    state,
    program: () => differentiate(state, () => program(state)),
    expected: () => differentiated(values, reference),
  }
}

const weighed = { x: vectors, w: normal('weights of pixels', 3, 4) }
const pixels = new PixelNormalization({})
const byPixels = (x: Tensor) => pixels.apply(x) as Tensor

/** ‖∂ Σ w·y³/∂x‖² with y = x/r, ∂yᵢ/∂xⱼ = δᵢⱼ/r - xᵢxⱼ/(n·r³): what a gradient penalty takes through pixel normalization. */
function squaredSlope({ x, w }: Readonly<Record<string, Vector>>): number {
  return total(
    rows(x!, 4).map((own, row) => {
      const r = Math.sqrt(average(own.map((value) => value ** 2)) + 1e-8)
      const by = own.map((value, at) => 3 * (value / r) ** 2 * w![row * 4 + at]!)
      const along = total(by.map((slope, at) => slope * own[at]!))
      return squares(own.map((value, at) => by[at]! / r - (along * value) / (own.length * r ** 3)))
    }),
  )
}

function spreadBeside({ x }: Readonly<Record<string, Vector>>): Vector {
  const samples = rows(x!, 4)
  const columns = samples[0]!.map((_, at) => samples.map((values) => values[at]!))
  const spread = average(
    columns.map((own) => Math.sqrt(average(own.map((value) => (value - average(own)) ** 2)) + 1e-8)),
  )
  return samples.flatMap((own) => [...own, spread])
}

const normalizations: readonly Formula[] = [
  ofFunction(
    'pixel normalization',
    weighed,
    ({ x, w }) => sumOfSquares(mul(byPixels(x!), w!)),
    ({ x, w }) =>
      squares(
        rows(x!, 4)
          .flatMap(pixelNorm)
          .map((value, at) => value * w![at]!),
      ),
  ),
  ofFunction(
    'a squared slope through pixel normalization',
    weighed,
    ({ x, w }) => sumOfSquares(grad((own: Tensor) => sum(mul(pow(byPixels(own), 3), w!)))(x!)),
    squaredSlope,
  ),
  ofLayer('minibatch standard deviation', new MinibatchStandardDeviation({ size: 3 }), vectors, spreadBeside),
  ofFunction(
    'drift of the logits of real samples',
    { logits: normal('logits', 5, 1) },
    ({ logits }) => driftPenalty(logits!),
    ({ logits }) => average(logits!.map((value) => value ** 2)),
  ),
]

/** What was, and what takes its place, over four steps and two more. */
function fading(): Formula {
  const starts = { before: normal('before', 2, 3), now: normal('now', 2, 3) }
  const [weights, steps] = [{ before: variableOf(starts.before), now: variableOf(starts.now) }, counter()]
  const fade = { steps, over: 4 }
  return {
    name: 'fade-in over four steps, and after',
    runs: 6,
    state: { ...weights, steps },
    program: () => {
      const results = differentiate(weights, () => sumOfSquares(fadedIn(weights.before, weights.now, fade)))
      steps.assign(add(steps, 1))
      return results
    },
    expected: (run) =>
      differentiated({ before: starts.before.values, now: starts.now.values }, (own) => {
        const share = Math.min(1, run / 4)
        return squares(own.before!.map((value, at) => (1 - share) * value + share * own.now![at]!))
      }),
  }
}

/** Images of 8×8 pixels as a stage sees them. */
function realImages(name: string, size: number, share?: number): Formula {
  const given = normal('images', 2, 8, 8, 2)
  const fade = share === undefined ? undefined : { steps: counter(share * 10), over: 10, from: size / 2 }
  const seen = (image: Image): Image => {
    const now = reduced(image, 8 / size)
    return share === undefined ? now : blended(enlarged(reduced(now, 2), 2), now, share)
  }
  return {
    name,
    feeds: { images: given },
    ...(fade && { state: { steps: fade.steps } }),
    program: ({ images }) => ({ images: imagesAt(images!, size, fade) }),
    expected: () => ({ images: imagesOf(given.values, 8, 2).flatMap((image) => seen(image).flat(2)) }),
  }
}

const [latentSize, batch] = [3, 2]
const latents = normal('latents', batch, latentSize)
const seen = normal('seen', batch, 8, 8, 2)
const options = { channelBase: 16, channelMax: 3, latentSize, minibatchStandardDeviation: batch }

/** A network of 8×8 pixels whose layers are in by a share: all that it computes, and slopes of two of its layers. */
function ofNetwork(
  name: string,
  share: number,
  make: typeof growingGenerator,
  given: Numbers,
  compute: (network: Network, given: Tensor) => Tensor,
  slopesBy: readonly string[],
  reference: (weights: Readonly<Record<string, Vector>>, share: number) => Vector,
): Formula {
  const steps = counter(share * 10)
  const network = make({ options, channels: 2, size: 8, fade: { steps, over: 10, from: 4 }, seed: 1 })
  const starts = Object.entries(network.weights).map(([own, { shape }]) => [own, normal(own, ...shape)] as const)
  for (const [own, start] of starts) network.weights[own]!.assign(variableOf(start))
  const values = Object.fromEntries(starts.map(([own, start]) => [own, start.values]))
  const chosen = Object.fromEntries(slopesBy.map((own) => [own, network.weights[own]!]))
  const loss = (own: Readonly<Record<string, Vector>>) => squares(reference({ ...values, ...own }, share))
  return {
    name: `${name}, in by ${share}`,
    feeds: { given },
    state: { ...network.weights, steps },
    program: (feeds) => ({
      output: clone(compute(network, feeds.given!)),
      ...differentiate(chosen, () => sumOfSquares(compute(network, feeds.given!))),
    }),
    expected: () => ({
      output: reference(values, share),
      ...differentiated(Object.fromEntries(slopesBy.map((own) => [own, values[own]!])), loss),
    }),
  }
}

const networks = [0.4, 1].flatMap((share) => [
  ofNetwork(
    'the generator of 8×8 pixels',
    share,
    growingGenerator,
    latents,
    ({ apply }, latent) => apply({ latent }, { training: true }).samples!,
    ['4x4/to_image/bias', '8x8/to_image/kernel', '4x4/conv/bias'],
    (own, at) => rows(latents.values, latentSize).flatMap((latent) => generator8(own, latent, at).flat(2)),
  ),
  ofNetwork(
    'the discriminator of 8×8 pixels',
    share,
    growingDiscriminator,
    seen,
    ({ apply }, samples) => apply({ samples }, { training: true }).logits!,
    ['4x4/from_image/kernel', '8x8/from_image/kernel', '4x4/logits/kernel'],
    (own, at) => discriminator8(own, imagesOf(seen.values, 8, 2), at),
  ),
])

export const growingFormulas: readonly Formula[] = [
  ...equalized,
  ...normalizations,
  fading(),
  realImages('images reduced to half their size', 4),
  realImages('images between half their size and all of it', 8, 0.3),
  realImages('images between a quarter of their size and half of it', 4, 0.7),
  ...networks,
]
