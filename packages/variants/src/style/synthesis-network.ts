import { input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { applied } from '../architectures/blocks.ts'
import { channelsAt } from '../architectures/doubling-maps.ts'
import { layerSeeds } from '../layer-seeds.ts'
import { BiasActivation } from '../layers/bias-activation.ts'
import { EqualizedDense } from '../layers/equalized-dense.ts'
import { FilteredConv2D } from '../layers/filtered-conv2d.ts'
import { FilteredResampling } from '../layers/filtered-resampling.ts'
import { LearnedConstant } from '../layers/learned-constant.ts'
import { ModulatedConv2D } from '../layers/modulated-conv2d.ts'
import { PixelNoise } from '../layers/pixel-noise.ts'
import { StyleOfLayer } from '../layers/style-of-layer.ts'
import { type Network, networkOf } from '../network.ts'
import { clamped } from './clamped.ts'
import type { StyleGan2Options } from './style-options.ts'
import type { StylePlan } from './style-plan.ts'

export interface SynthesisRequest {
  readonly plan: StylePlan
  readonly options: Pick<
    StyleGan2Options,
    'styleSize' | 'generatorWidth' | 'channelBase' | 'generatorArchitecture' | 'activationClamp'
  >
  readonly seed: number
}

/** The ends of a synthesis, and what hands out its styles, seeds and names of noise, one after the other. */
export function synthesisStem({
  plan,
  options,
  seed,
}: Pick<SynthesisRequest, 'plan' | 'seed'> & { options: { styleSize: number } }) {
  const styles = input({ shape: [plan.styles, options.styleSize] })
  const noise = input({ shape: [1] })
  let noises = 0
  return {
    inputs: { styles, noise },
    nextSeed: layerSeeds(seed, 'synthesis'),
    styleOf: (index: number) => applied(new StyleOfLayer({ index }), styles),
    withNoise: (images: SymbolicTensor, config: { name: string; gain?: number; perChannel?: boolean }) =>
      applied(new PixelNoise({ noise: `generator/noise_${++noises}`, ...config }), [images, noise]),
  }
}

/**
 * The synthesis of StyleGAN2 (Karras et al. 2020, section 2 and figure 2c): from a learned constant of 4 pixels to the image, two modulated
 * convolutions a size, the first of which doubles it: `styles` [batch, layers, styleSize] and `noise` [batch, 1] to `samples`.
 *
 * `skip`: every size adds its colours to those of the size before, enlarged. `residual`: maps are added. `original`: colours of the last.
 */
export function synthesisNetwork(request: SynthesisRequest): Network {
  const { plan, options } = request
  const { generatorWidth, channelBase, generatorArchitecture: architecture } = options
  const { inputs, nextSeed, styleOf, withNoise } = synthesisStem(request)
  const modulated = (
    images: SymbolicTensor,
    index: number,
    own: Omit<ConstructorParameters<typeof ModulatedConv2D>[0], 'seed'> & { readonly name: string },
  ) => {
    const layer = new ModulatedConv2D({ ...own, seed: nextSeed() })
    const units = images.shape[3]!
    const style = new EqualizedDense({ units, initialBias: 1, seed: nextSeed(), name: `${own.name}/style` })
    return applied(layer, [images, applied(style, styleOf(index))])
  }
  const styled = (
    images: SymbolicTensor,
    index: number,
    own: { name: string; filters: number; up?: boolean; gain?: number },
  ) => {
    const { name, gain = Math.SQRT2 } = own
    const noisy = withNoise(modulated(images, index, { kernelSize: 3, gain, ...own }), { name: `${name}/noise`, gain })
    return clamped(applied(new BiasActivation({ gain, name: `${name}/activation` }), noisy), options, gain)
  }
  const coloured = (images: SymbolicTensor, index: number, side: number) => {
    const own = { name: `b${side}/colours`, filters: plan.channels, kernelSize: 1, demodulate: false, useBias: true }
    return clamped(modulated(images, index, own), options)
  }
  const resampled = (images: SymbolicTensor) => applied(new FilteredResampling({ by: 'up' }), images)

  const [first, ...larger] = plan.sides
  const shape = [first!, first!, channelsAt(first!, generatorWidth, channelBase)]
  const constant = new LearnedConstant({ shape, seed: nextSeed(), name: `b${first}` })
  let maps = styled(applied(constant, inputs.styles), 0, { name: `b${first}/conv1`, filters: shape[2]! })
  let colours = architecture === 'skip' ? coloured(maps, 1, first!) : undefined
  for (const [index, side] of larger.entries()) {
    const filters = channelsAt(side, generatorWidth, channelBase)
    const [before, style] = [maps, 2 * index + 1]
    const gain = architecture === 'residual' ? 1 : Math.SQRT2
    const large = styled(before, style, { name: `b${side}/conv0`, filters, up: true })
    maps = styled(large, style + 1, { name: `b${side}/conv1`, filters, gain })
    if (architecture === 'residual') {
      const point = new FilteredConv2D({
        ...{ filters, kernelSize: 1, by: 'up', useBias: false, gain: Math.SQRT1_2, seed: nextSeed() },
        name: `b${side}/skip`,
      })
      maps = applied(layers.add({}), [applied(point, before), maps])
    }
    if (colours) colours = applied(layers.add({}), [resampled(colours), coloured(maps, style + 2, side)])
  }
  return networkOf('synthesis', inputs, { samples: colours ?? coloured(maps, plan.styles - 1, plan.size) }, 'by-layer')
}
