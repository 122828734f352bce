import { float32, MANIFEST_KEY, type ModelManifest, type NDArray, ndarray } from '@gantry/core'
import { attribute, createModel, encodeModel, GraphBuilder } from '@gantry/onnx'

/** A number for every place of an array: none of them alike, all of them small. */
function numbers(shape: readonly number[]): NDArray<'float32'> {
  const array = ndarray('float32', shape)
  for (const index of array.data.keys()) array.data[index] = Math.sin(index * index + 1)
  return array
}

const int64 = (...values: number[]) => ndarray('int64', [values.length], BigInt64Array.from(values, BigInt))

/** The weights of {@link foreignGenerator}, for a test that computes its images by hand. */
export function foreignWeights([height, width]: readonly [number, number]) {
  return {
    /** Of the three classes: [3, 6] */
    classes: numbers([3, 6]),
    /** [6, 3 · height · width] */
    kernel: numbers([6, 3 * height * width]),
  }
}

/**
 * A generator as others write them, without a manifest: `z` float32[4, 6], `y` int64[4] (three classes) and `jitter` float32[4, 6]
 * give `picture` float32[4, 3, height, width], channels first and in [0, 1]: sigmoid((z + classes[y] + jitter) · kernel).
 */
export function foreignGenerator([height, width]: readonly [number, number]): Uint8Array {
  const weights = foreignWeights([height, width])
  const builder = new GraphBuilder('foreign')
  const z = builder.input('z', { dtype: 'float32', shape: [4, 6] })
  const y = builder.input('y', { dtype: 'int64', shape: [4] })
  const jitter = builder.input('jitter', { dtype: 'float32', shape: [4, 6] })
  const classes = builder.initializer('classes', weights.classes)
  const chosen = builder.node('Gather', [classes, y], { axis: attribute.int(0) })
  const moved = builder.node('Add', [builder.node('Add', [z, chosen]), jitter])
  const logits = builder.node('MatMul', [moved, builder.initializer('kernel', weights.kernel)])
  const flat = builder.node('Sigmoid', [logits])
  const picture = builder.node('Reshape', [flat, builder.constant(int64(4, 3, height, width))])
  builder.output('picture', picture, { dtype: 'float32', shape: [4, 3, height, width] })
  return encodeModel(createModel(builder.build()))
}

/** A generator of our own that takes a number: images of 2×2, latent · truncation. */
export function truncatedGenerator(): Uint8Array {
  return scaledLatents('truncated', (_, scaled) => scaled)
}

const SIDE = 1536
const PRODUCTS = 600

/** A {@link truncatedGenerator} that is at it for a minute, all of it in one call of native code. */
export function endlessGenerator(): Uint8Array {
  return scaledLatents('endless', (builder, scaled) => {
    // Of the latent, so that nothing of it can be computed beforehand; small, so that the product of ones with themselves stays finite.
    const zero = builder.node('Mul', [builder.node('ReduceMean', [scaled]), builder.constant(float32([], [1e-30]))])
    let square = builder.node('Expand', [zero, builder.constant(int64(SIDE, SIDE))])
    for (let times = 0; times < PRODUCTS; times++) square = builder.node('MatMul', [square, square])
    return builder.node('Add', [scaled, builder.node('ReduceMean', [square])])
  })
}

/** latent [batch, 4] · truncation [batch], and what is made of it, as images of 2×2. */
function scaledLatents(variant: string, change: (builder: GraphBuilder, scaled: string) => string): Uint8Array {
  const builder = new GraphBuilder(variant)
  const latent = builder.input('latent', { dtype: 'float32', shape: ['batch', 4] })
  const truncation = builder.input('truncation', { dtype: 'float32', shape: ['batch'] })
  const column = builder.node('Reshape', [truncation, builder.constant(int64(-1, 1))])
  const changed = change(builder, builder.node('Mul', [latent, column]))
  const samples = builder.node('Reshape', [changed, builder.constant(int64(-1, 2, 2, 1))])
  builder.output('samples', samples, { dtype: 'float32', shape: ['batch', 2, 2, 1] })
  const manifest: ModelManifest = {
    manifestVersion: 2,
    gantryVersion: '0.0.0',
    variant,
    dataset: 'mnist',
    function: 'generate',
    weights: 'ema',
    inputs: {
      latent: { modality: 'latent', dtype: 'float32', shape: [4], drawn: 'normal' },
      truncation: { modality: 'number', dtype: 'float32', shape: [], range: [0, 1], otherwise: 1 },
    },
    outputs: { samples: { modality: 'image', dtype: 'float32', shape: [2, 2, 1], range: [-1, 1] } },
    trainingStep: 1,
    weightsHash: '',
    parityError: 0,
    batchSizesChecked: [],
  }
  return encodeModel(createModel(builder.build(), { metadata: { [MANIFEST_KEY]: JSON.stringify(manifest) } }))
}

/**
 * A translation between the sides of `paired:` data, in color, or other fields: turns bright into dark, and dark into bright,
 * times a factor. Its height and width are open.
 *
 * @param fields that it takes and imitates; default: `a` and `b`
 */
export function negative({ source = 'a', target = 'b', factor = -1, inverse }: NegativeOptions = {}): Uint8Array {
  const builder = new GraphBuilder('negative')
  const shape = ['height', 'width', 3] as const
  const input = builder.input('source', { dtype: 'float32', shape: ['batch', ...shape] })
  const scale = builder.constant(ndarray('float32', [], Float32Array.of(factor)))
  builder.output('target', builder.node('Mul', [input, scale]), { dtype: 'float32', shape: ['batch', ...shape] })
  const port = { modality: 'image', dtype: 'float32', shape, range: [-1, 1] } as const
  const manifest: ModelManifest = {
    manifestVersion: 2,
    gantryVersion: '0.0.0',
    variant: 'negative',
    dataset: 'pairs',
    function: 'translate',
    ...(inverse !== undefined && { inverse }),
    weights: 'ema',
    inputs: { source: { ...port, field: source } },
    outputs: { target: { ...port, field: target } },
    trainingStep: 1,
    weightsHash: '',
    parityError: 0,
    batchSizesChecked: [],
  }
  return encodeModel(createModel(builder.build(), { metadata: { [MANIFEST_KEY]: JSON.stringify(manifest) } }))
}

interface NegativeOptions {
  readonly source?: string
  readonly target?: string
  readonly factor?: number
  readonly inverse?: string
}
