import { mul, sum, type Tensor } from '@tensorflow/tfjs-core'
import { input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { applied } from '../architectures/blocks.ts'
import { channelsAt } from '../architectures/doubling-maps.ts'
import { prefixed } from '../game/players.ts'
import { layerSeeds } from '../layer-seeds.ts'
import { BiasActivation } from '../layers/bias-activation.ts'
import { EqualizedConv2D } from '../layers/equalized-conv2d.ts'
import { EqualizedDense } from '../layers/equalized-dense.ts'
import { FilteredConv2D } from '../layers/filtered-conv2d.ts'
import { FilteredResampling } from '../layers/filtered-resampling.ts'
import { MinibatchStandardDeviation } from '../layers/minibatch-standard-deviation.ts'
import { type Network, networkOf } from '../network.ts'
import { clamped } from './clamped.ts'
import { mappingNetwork } from './mapping-network.ts'
import type { StyleGan2Options } from './style-options.ts'
import type { StylePlan } from './style-plan.ts'

export interface StyleDiscriminatorRequest {
  readonly plan: StylePlan
  readonly options: Pick<
    StyleGan2Options,
    | 'discriminatorWidth'
    | 'channelBase'
    | 'discriminatorArchitecture'
    | 'minibatchStandardDeviation'
    | 'mappingLayers'
    | 'mappingLearningRateMultiplier'
    | 'activationClamp'
  >
  readonly classes?: number | undefined
  readonly seed: number
}

/**
 * The discriminator of StyleGAN2 (Karras et al. 2020, figure 7): colours to maps, two convolutions a size, the second of which halves it
 * behind a filter; at 4 pixels the spread of the batch, a convolution, and two dense layers.
 *
 * With labels it ends in as many numbers as a label is mapped to, and the logit is their product over the root of their number (Karras et
 * al. 2020, Training GANs with Limited Data, appendix C.1).
 */
export function styleDiscriminator(request: StyleDiscriminatorRequest): Network {
  const { classes, options, plan, seed } = request
  const { mappingLayers, mappingLearningRateMultiplier } = options
  const size = channelsAt(plan.sides[0]!, options.discriminatorWidth, options.channelBase)
  const trunk = trunkOf(request, classes === undefined ? 1 : size)
  if (classes === undefined) return trunk
  const mapping = mappingNetwork({
    ...{ name: 'labels', classes, styleSize: size, layers: mappingLayers },
    ...{ learningRateMultiplier: mappingLearningRateMultiplier, seed },
  })
  return {
    ...trunk,
    weights: { ...trunk.weights, ...prefixed('labels', mapping.weights) },
    trainable: { ...trunk.trainable, ...prefixed('labels', mapping.trainable) },
    apply: ({ samples, labels }, mode) => {
      const { logits, ...others } = trunk.apply({ samples: samples! }, mode)
      const { w } = mapping.apply({ labels: labels! }, mode)
      return { logits: mul(sum(mul(logits!, w!), 1, true), 1 / Math.sqrt(size)) as Tensor, ...others }
    },
    dispose: () => {
      trunk.dispose()
      mapping.dispose()
    },
  }
}

/** From samples to this many numbers, and what the layer before them sees. */
function trunkOf({ plan, options, seed }: StyleDiscriminatorRequest, outputs: number): Network {
  const { discriminatorArchitecture: architecture, minibatchStandardDeviation: group } = options
  const nextSeed = layerSeeds(seed, 'discriminator')
  const filtersAt = (side: number) => channelsAt(side, options.discriminatorWidth, options.channelBase)
  // The gain of an activation is that of the layer before it.
  const common = (name: string, gain: number) => ({ useBias: false, gain, seed: nextSeed(), name })
  const activated = (sums: SymbolicTensor, name: string, gain = Math.SQRT2) =>
    applied(new BiasActivation({ gain, name: `${name}/activation` }), sums)
  const convolved = (maps: SymbolicTensor, name: string, filters: number, kernelSize = 3) =>
    activated(applied(new EqualizedConv2D({ filters, kernelSize, ...common(name, Math.SQRT2) }), maps), name)
  const limited = (maps: SymbolicTensor, gain?: number) => clamped(maps, options, gain)
  const reduced = (maps: SymbolicTensor, name: string, filters: number, kernelSize: number, gain: number) =>
    applied(new FilteredConv2D({ filters, kernelSize, by: 'down', ...common(name, gain) }), maps)
  const sum = (left: SymbolicTensor, right: SymbolicTensor) => applied(layers.add({}), [left, right])

  const samples = input({ shape: [plan.size, plan.size, plan.channels] })
  const [last, ...larger] = plan.sides
  let image: SymbolicTensor = samples
  let maps: SymbolicTensor | undefined
  const withColours = (side: number): SymbolicTensor => {
    if (maps !== undefined && architecture !== 'skip') return maps
    const own = convolved(image, `b${side}/colours`, filtersAt(side), 1)
    // As the authors have it, who leave the smallest colours as they are.
    const colours = side === last ? own : limited(own)
    return maps === undefined ? colours : sum(maps, colours)
  }
  for (const side of larger.toReversed()) {
    const before = withColours(side)
    const hidden = limited(convolved(before, `b${side}/conv0`, filtersAt(side)))
    const filters = filtersAt(side / 2)
    const [main, skip] = [`b${side}/conv1`, `b${side}/skip`]
    const gain = architecture === 'residual' ? 1 : Math.SQRT2
    maps = limited(activated(reduced(hidden, main, filters, 3, gain), main, gain), gain)
    if (architecture === 'residual') maps = sum(reduced(before, skip, filters, 1, Math.SQRT1_2), maps)
    if (architecture === 'skip') image = applied(new FilteredResampling({ by: 'down' }), image)
  }
  const end = withColours(last!)
  const spread = group === 0 ? end : applied(new MinibatchStandardDeviation({ size: group }), end)
  const units = filtersAt(last!)
  const [conv, dense] = [`b${last}/conv`, `b${last}/dense`]
  const flat = applied(layers.flatten(), limited(convolved(spread, conv, units)))
  const features = activated(applied(new EqualizedDense({ units, ...common(dense, Math.SQRT2) }), flat), dense)
  const logits = new EqualizedDense({ units: outputs, seed: nextSeed(), name: `b${last}/logits` })
  return networkOf('discriminator', { samples }, { logits: applied(logits, features), features }, 'by-layer')
}
