import { input, layers } from '@tensorflow/tfjs-layers'
import { applied } from '../architectures/blocks.ts'
import { FIRST_SIDE } from '../architectures/doubling-maps.ts'
import { FadeIn } from '../layers/fade-in.ts'
import { MinibatchStandardDeviation } from '../layers/minibatch-standard-deviation.ts'
import { type Network, networkOf } from '../network.ts'
import { activated, GrowingLayers, type GrowingRequest, reduced } from './growing-layers.ts'

/**
 * `samples` [batch, size, size, channels] to `logits` [batch, 1] (Karras et al. 2018, table 2): the generator's mirror image, without
 * normalization, which sees how samples of a batch differ before its last block.
 */
export function growingDiscriminator(request: GrowingRequest): Network {
  const { options, channels, size, fade } = request
  const own = new GrowingLayers('discriminator', request)
  const samples = input({ shape: [size, size, channels] })
  const fromImage = (image: typeof samples, side: number) =>
    activated(own.pixels(image, `${side}x${side}/from_image`, own.channelsAt(side), Math.SQRT2))
  let maps = fromImage(samples, size)
  for (const side of own.sizes.filter((each) => each > FIRST_SIDE).reverse()) {
    maps = own.conv(maps, `${side}x${side}/conv_1`, own.channelsAt(side))
    maps = reduced(own.conv(maps, `${side}x${side}/conv_2`, own.channelsAt(side / 2)), 2)
    if (fade && side / 2 === fade.from) {
      maps = applied(new FadeIn({ fade }), [fromImage(reduced(samples, size / fade.from), fade.from), maps])
    }
  }
  const group = options.minibatchStandardDeviation
  if (group > 0) maps = applied(new MinibatchStandardDeviation({ size: group }), maps)
  const width = own.channelsAt(FIRST_SIDE)
  const flat = applied(layers.flatten(), own.conv(maps, '4x4/conv', width))
  const features = activated(own.dense(flat, '4x4/dense', width))
  return networkOf(
    'discriminator',
    { samples },
    { logits: own.dense(features, '4x4/logits', 1, 1), features },
    'by-layer',
  )
}
