import { float32, type InferenceBackend } from '@gantry/core'
import { createModel, encodeModel, type Graph, GraphBuilder } from '@gantry/onnx'
import type { FeatureExtractor } from '../extractor.ts'
import { ImageInput } from './image-input.ts'
import { addSteps } from './network/add-steps.ts'
import { randomKernels } from './network/random-kernels.ts'
import { convolution } from './network/steps.ts'
import { createSessionExtractor, QUANTISATION } from './session-extractor.ts'

const SIZE = 64
const SEED = 2020
const LAYER = 'features'

const steps = [
  convolution('convolution_1', 64, 3, { stride: 2 }),
  convolution('convolution_2', 128, 3, { stride: 2 }),
  convolution('convolution_3', 256, 3, { stride: 2 }),
  convolution('convolution_4', 512, 3, { stride: 2 }),
]

/**
 * A convolutional network with random weights of a fixed seed: 512 features that need no file of weights.
 *
 * Random features see texture and composition, and rank models more evenly across data sets than features learned on
 * photographs do (Naeem et al., Reliable Fidelity and Diversity Metrics, ICML 2020, section 4.3), but not what is shown.
 *
 * @example
 * ```ts
 * const extractor = await createRandomConvolutions(backend)
 * const { features } = await extractor.extract(images, ['features'])
 * ```
 */
export async function createRandomConvolutions(backend: InferenceBackend): Promise<FeatureExtractor> {
  const input = new ImageInput([SIZE, SIZE], 'pil-bicubic')
  const session = await backend.load(encodeModel(createModel(buildGraph(input))))
  return createSessionExtractor(
    {
      name: 'random-conv',
      frechetName: 'random-conv-frechet',
      layers: { [LAYER]: steps.at(-1)!.filters },
      featureLayer: LAYER,
      protocol: {
        extractor: 'random-conv',
        weights: `seed ${SEED}`,
        resizer: `pil-bicubic to ${SIZE}×${SIZE}`,
        quantisation: QUANTISATION,
      },
    },
    session,
    (images) => input.feeds(images),
  )
}

function buildGraph(input: ImageInput): Graph {
  const builder = new GraphBuilder('random-conv')
  const scaled = builder.node('Div', [input.addTo(builder), builder.constant(float32([], [127.5]))])
  const pixels = builder.node('Sub', [scaled, builder.constant(float32([], [1]))])
  const value = addSteps(builder, pixels, steps, randomKernels(steps, 3, SEED))
  builder.output(LAYER, builder.node('Flatten', [builder.node('GlobalAveragePool', [value])]))
  return builder.build()
}
