import { float32, type NDArray, ndarray } from '@gantry/core'
import { attribute, type Graph, GraphBuilder } from '@gantry/onnx'
import type { ImageInput } from '../image-input.ts'
import { addSteps } from '../network/add-steps.ts'
import { type InceptionFeature, inceptionStages } from './architecture.ts'
import { foldBatchNormalization } from './fold-batch-normalization.ts'

export type InceptionLayer = InceptionFeature | 'logits_unbiased' | 'logits'

/** How pixels from 0 to 255 become what the network was trained on: (x - shift) / scale. */
export interface PixelScaling {
  readonly shift: number
  readonly scale: number
}

/**
 * FID's Inception-v3 from 8-bit images to the layers asked for; what only deeper layers need is left out.
 *
 * @param weights all tensors of the state dict, checked
 */
export function buildInceptionGraph(
  weights: ReadonlyMap<string, NDArray<'float32'>>,
  input: ImageInput,
  { shift, scale }: PixelScaling,
  layers: readonly InceptionLayer[],
): Graph {
  const builder = new GraphBuilder('inception-fid')
  const centered = builder.node('Sub', [input.addTo(builder), builder.constant(float32([], [shift]))])
  let value = builder.node('Div', [centered, builder.constant(float32([], [scale]))])
  const deepest = inceptionStages.findLastIndex(
    ({ feature }) =>
      layers.includes(feature) || (feature === '2048' && layers.some((layer) => layer.startsWith('logits'))),
  )
  let features = ''
  for (const { feature, steps } of inceptionStages.slice(0, deepest + 1)) {
    value = addSteps(builder, value, steps, (name) => foldBatchNormalization(weights, name))
    if (!layers.includes(feature) && feature !== '2048') continue
    features = builder.node('Flatten', [builder.node('GlobalAveragePool', [value])])
    if (layers.includes(feature)) builder.output(feature, features)
  }
  if (!layers.some((layer) => layer.startsWith('logits'))) return builder.build()
  const kernel = builder.initializer('fc/kernel', weights.get('fc.weight')!)
  const logits = builder.node('Gemm', [features, kernel], { transB: attribute.int(1) })
  if (layers.includes('logits_unbiased')) builder.output('logits_unbiased', logits)
  if (layers.includes('logits')) {
    const { shape, data } = weights.get('fc.bias')!
    const bias = builder.initializer('fc/bias', ndarray('float32', shape, data))
    builder.output('logits', builder.node('Add', [logits, bias]))
  }
  return builder.build()
}
