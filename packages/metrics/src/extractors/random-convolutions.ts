import { float32, type InferenceBackend, ndarray, RandomStream } from '@gantry/core'
import { createModel, encodeModel, type Graph, GraphBuilder } from '@gantry/onnx'
import type { FeatureExtractor } from '../extractor.ts'
import { ImageInput } from './image-input.ts'
import { addSteps } from './network/add-steps.ts'
import { convolution } from './network/steps.ts'
import { traceConvolutions } from './network/trace-convolutions.ts'
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
  const shapes = new Map(traceConvolutions(steps, 3).convolutions.map(({ name, shape }) => [name, shape]))
  const value = addSteps(builder, pixels, steps, (name) => {
    const shape = shapes.get(name)!
    const [filters, channels, height, width] = shape
    // Uniform draws are exact on every machine, and this bound keeps the variance from layer to layer (He et al. 2015).
    const bound = Math.sqrt(6 / (channels * height * width))
    const random = new RandomStream(SEED, name)
    const draw = (size: number, limit: number) =>
      Float32Array.from({ length: size }, () => (2 * random.uniform() - 1) * limit)
    return {
      weight: ndarray('float32', shape, draw(filters * channels * height * width, bound)),
      bias: ndarray('float32', [filters], draw(filters, 0.1)),
    }
  })
  builder.output(LAYER, builder.node('Flatten', [builder.node('GlobalAveragePool', [value])]))
  return builder.build()
}
