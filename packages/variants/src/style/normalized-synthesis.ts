import type { SymbolicTensor } from '@tensorflow/tfjs-layers'
import { applied } from '../architectures/blocks.ts'
import { channelsAt } from '../architectures/doubling-maps.ts'
import { AdaptiveInstanceNormalization } from '../layers/adaptive-instance-normalization.ts'
import { BiasActivation } from '../layers/bias-activation.ts'
import { EqualizedConv2D } from '../layers/equalized-conv2d.ts'
import { EqualizedDense } from '../layers/equalized-dense.ts'
import { FilteredConv2D } from '../layers/filtered-conv2d.ts'
import { LearnedConstant } from '../layers/learned-constant.ts'
import { type Network, networkOf } from '../network.ts'
import { type SynthesisRequest, synthesisStem } from './synthesis-network.ts'

const gain = Math.SQRT2

/**
 * The synthesis of the first StyleGAN (Karras et al. 2019, figure 1b): from a constant of 4 pixels, two convolutions a size, and after
 * each noise with a strength a channel, bias, leaky ReLU, and adaptive instance normalization by a style. Ends as
 * {@link synthesisNetwork}; colours are of the last map alone.
 */
export function normalizedSynthesis(
  request: Omit<SynthesisRequest, 'options'> & {
    options: Omit<SynthesisRequest['options'], 'generatorArchitecture' | 'activationClamp'>
  },
): Network {
  const { plan, options } = request
  const { generatorWidth, channelBase } = options
  const { inputs, nextSeed, styleOf, withNoise } = synthesisStem(request)
  const filtersAt = (side: number) => channelsAt(side, generatorWidth, channelBase)
  const styled = (images: SymbolicTensor, index: number, name: string) => {
    const noisy = withNoise(images, { name: `${name}/noise`, perChannel: true })
    const activated = applied(new BiasActivation({ gain: 1, name: `${name}/activation` }), noisy)
    const units = 2 * images.shape[3]!
    const style = applied(new EqualizedDense({ units, seed: nextSeed(), name: `${name}/style` }), styleOf(index))
    return applied(new AdaptiveInstanceNormalization({}), [activated, style])
  }
  // A bias comes with the activation, after the noise.
  const common = (filters: number, name: string) => ({
    ...{ filters, kernelSize: 3, useBias: false, gain, seed: nextSeed(), name },
  })
  const convolved = (images: SymbolicTensor, index: number, filters: number, name: string) =>
    styled(applied(new EqualizedConv2D(common(filters, name)), images), index, name)
  const enlarged = (images: SymbolicTensor, index: number, filters: number, name: string) =>
    styled(applied(new FilteredConv2D({ ...common(filters, name), by: 'up' }), images), index, name)

  const [first, ...larger] = plan.sides
  const shape = [first!, first!, filtersAt(first!)]
  const constant = applied(new LearnedConstant({ shape, seed: nextSeed(), name: `b${first}` }), inputs.styles)
  let maps = convolved(styled(constant, 0, `b${first}`), 1, filtersAt(first!), `b${first}/conv1`)
  for (const [index, side] of larger.entries()) {
    const [filters, style] = [filtersAt(side), 2 * index + 2]
    const large = enlarged(maps, style, filters, `b${side}/conv0`)
    maps = convolved(large, style + 1, filters, `b${side}/conv1`)
  }
  const colours = new EqualizedConv2D({ filters: plan.channels, kernelSize: 1, seed: nextSeed(), name: 'colours' })
  return networkOf('synthesis', inputs, { samples: applied(colours, maps) }, 'by-layer')
}
