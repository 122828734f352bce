import { INCEPTION_CLASSES, inceptionStages } from '../extractors/inception/architecture.ts'
import { traceConvolutions } from '../extractors/network/trace-convolutions.ts'
import { headName, type PerceptualNetwork, perceptualNetworks } from '../lpips/networks.ts'

/** Shapes of tensors, by name. */
export type Shapes = ReadonlyMap<string, readonly number[]>

/** The state dict of FID's Inception-v3, without the counters of batch normalization. */
export function inceptionShapes(): Shapes {
  const { convolutions, channels } = traceConvolutions(
    inceptionStages.flatMap(({ steps }) => steps),
    3,
  )
  const shapes = new Map<string, readonly number[]>()
  for (const { name, shape } of convolutions) {
    shapes.set(`${name}.conv.weight`, shape)
    for (const part of ['weight', 'bias', 'running_mean', 'running_var']) shapes.set(`${name}.bn.${part}`, [shape[0]])
  }
  return shapes.set('fc.weight', [INCEPTION_CLASSES, channels]).set('fc.bias', [INCEPTION_CLASSES])
}

/** The convolutions of a torchvision network; its classifier is not used. */
export function backboneShapes(network: PerceptualNetwork): Shapes {
  const { convolutions } = traceConvolutions(perceptualNetworks[network].flat(), 3)
  const shapes = new Map<string, readonly number[]>()
  for (const { name, shape } of convolutions) shapes.set(`${name}.weight`, shape).set(`${name}.bias`, [shape[0]])
  return shapes
}

/** The convolutions of torchvision's VGG-19: blocks of equal width, each number a place among its `features`. */
export function vgg19Shapes(): Shapes {
  const blocks: readonly (readonly [width: number, places: readonly number[]])[] = [
    [64, [0, 2]],
    [128, [5, 7]],
    [256, [10, 12, 14, 16]],
    [512, [19, 21, 23, 25, 28, 30, 32, 34]],
  ]
  const shapes = new Map<string, readonly number[]>()
  let channels = 3
  for (const [width, places] of blocks) {
    for (const place of places) {
      shapes.set(`features.${place}.weight`, [width, channels, 3, 3]).set(`features.${place}.bias`, [width])
      channels = width
    }
  }
  return shapes
}

/** LPIPS's weights of channels, one tensor a layer. */
export function headShapes(network: PerceptualNetwork): Shapes {
  let channels = 3
  return new Map(
    perceptualNetworks[network].map((steps, layer) => {
      channels = traceConvolutions(steps, channels).channels
      return [headName(layer), [1, channels, 1, 1]]
    }),
  )
}
