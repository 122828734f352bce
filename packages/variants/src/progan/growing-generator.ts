import { input, layers } from '@tensorflow/tfjs-layers'
import { applied } from '../architectures/blocks.ts'
import { FIRST_SIDE } from '../architectures/doubling-maps.ts'
import { ChannelBias } from '../layers/channel-bias.ts'
import { FadeIn } from '../layers/fade-in.ts'
import { type Network, networkOf } from '../network.ts'
import { activated, enlarged, GrowingLayers, type GrowingRequest, normalized } from './growing-layers.ts'

/**
 * `latent` [batch, latentSize] to `samples` [batch, size, size, channels] (Karras et al. 2018, table 2): a block of two convolutions a
 * size, each followed by a leaky ReLU and pixel normalization, and a linear layer from maps to colours.
 */
export function growingGenerator(request: GrowingRequest): Network {
  const { options, channels, size, fade } = request
  const own = new GrowingLayers('generator', request)
  const toImage = (maps: typeof latent, side: number) => own.pixels(maps, `${side}x${side}/to_image`, channels)
  const latent = input({ shape: [options.latentSize] })
  // The authors' code has a fourth of the gain here, as their first implementation had.
  const first = own.channelsAt(FIRST_SIDE)
  const dense = own.dense(normalized(latent), '4x4/dense', first * FIRST_SIDE ** 2, Math.SQRT2 / 4, false)
  const reshaped = applied(layers.reshape({ targetShape: [FIRST_SIDE, FIRST_SIDE, first] }), dense)
  let maps = normalized(activated(applied(new ChannelBias({ name: '4x4/dense_bias' }), reshaped)))
  let before: typeof latent | undefined
  for (const side of own.sizes) {
    const convolutions = side === FIRST_SIDE ? ['conv'] : ['conv_1', 'conv_2']
    if (side > FIRST_SIDE) maps = enlarged(maps, 2)
    for (const name of convolutions) maps = normalized(own.conv(maps, `${side}x${side}/${name}`, own.channelsAt(side)))
    if (side === fade?.from) before = enlarged(toImage(maps, side), size / side)
  }
  const now = toImage(maps, size)
  const samples = fade && before ? applied(new FadeIn({ fade }), [before, now]) : now
  return networkOf('generator', { latent }, { samples }, 'by-layer')
}
