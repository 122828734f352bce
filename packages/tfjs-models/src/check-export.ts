import { createOnnxRuntimeInference } from '@gantry/backend-onnxruntime'
import type { ModelProgram } from '@gantry/compiler'
import {
  compareArrays,
  GantryError,
  type NDArray,
  ndarray,
  RandomStream,
  sizeOfShape,
  type TensorSpec,
  UnsupportedError,
} from '@gantry/core'
import { watchMended } from '@gantry/tfjs'
import * as tf from '@tensorflow/tfjs-core'

/** How far an export is from TF.js, as a part of the largest number of each output. */
export interface ExportCheck {
  readonly error: number
  readonly batches: readonly number[]
  /**
   * TF.js kernels of the model that compute something else than TensorFlow on TF.js's cpu backend, such as volumes padded `same` whose
   * steps are longer than their windows: there the export follows TensorFlow, and so does what it was compared with.
   */
  readonly mended: readonly string[]
}

/** Batch sizes to compare at, and promises about other open lengths. */
interface CheckedLengths {
  readonly batches: readonly number[]
  readonly multiples: Readonly<Record<string, number>>
}

/** Lengths that stay open beside the batch, such as those of images, are this long, or up to the next multiple. */
const OPEN_LENGTH = 32

const TOLERANCE = 1e-4

/** Outputs smaller than this are measured against it: beside a probability near zero, any rounding before is large. */
const SMALLEST_SCALE = 0.01

/**
 * Runs an exported model on ONNX Runtime and the model itself on TF.js cpu, with the same random inputs.
 *
 * @throws UnsupportedError `EXPORT_DIFFERS`, or `CHECK_FAILED` when TF.js cannot run the model
 */
export async function checkExport(
  bytes: Uint8Array,
  { name, inputs, program }: ModelProgram,
  { batches: wanted, multiples }: CheckedLengths,
): Promise<ExportCheck> {
  const fixed = !Object.values(inputs).some(({ shape }) => typeof shape[0] === 'string')
  const batches = fixed ? wanted.slice(0, 1) : wanted
  const session = await createOnnxRuntimeInference({ device: 'cpu' }).load(bytes)
  const mended = new Set<string>()
  let error = 0
  let worst: string | undefined
  try {
    for (const batch of batches) {
      const feeds = drawFeeds(inputs, batch, multiples)
      const { result: expected, kernels } = watchMended(() => runOnTensorflow(name, program, feeds))
      for (const kernel of kernels) mended.add(kernel)
      const taken = Object.fromEntries(session.inputs.map((input) => [input.name, feeds[input.name]!]))
      const actual = await session.run(taken)
      for (const [output, array] of Object.entries(expected)) {
        const own = compareArrays(actual[output]!, array, { smallestScale: SMALLEST_SCALE }).relative
        if (own > error || worst === undefined) [error, worst] = [own, output]
      }
    }
  } finally {
    await session.dispose()
  }
  const compared = fixed ? [Number(Object.values(inputs)[0]?.shape[0] ?? 1)] : batches
  if (error <= TOLERANCE) return { error, batches: compared, mended: [...mended] }
  throw new UnsupportedError({
    code: 'EXPORT_DIFFERS',
    message: `The exported model differs from TF.js: the output '${worst}' by ${error.toExponential(1)} of its largest number.`,
    fix: 'Nothing was written. Please report this with the model.',
  })
}

function drawFeeds(
  inputs: Readonly<Record<string, TensorSpec>>,
  batch: number,
  multiples: Readonly<Record<string, number>>,
): Record<string, NDArray> {
  const random = new RandomStream(batch, 'check')
  const feeds = Object.entries(inputs).map(([name, { dtype, shape }]) => {
    const lengths = shape.map((length, axis) => {
      if (typeof length === 'number') return length
      const multiple = multiples[length] ?? 1
      return axis === 0 ? batch : Math.ceil(OPEN_LENGTH / multiple) * multiple
    })
    const numbers = random.fillNormal(new Float32Array(sizeOfShape(lengths)))
    if (dtype === 'float32') return [name, ndarray('float32', lengths, numbers)]
    // Whole numbers are mostly indices: zero and one are the safe ones.
    const bits = numbers.map((value) => (value > 0 ? 1 : 0))
    return [
      name,
      dtype === 'int32'
        ? ndarray('int32', lengths, Int32Array.from(bits))
        : ndarray('bool', lengths, Uint8Array.from(bits)),
    ]
  })
  return Object.fromEntries(feeds)
}

function runOnTensorflow(
  name: string,
  program: ModelProgram['program'],
  feeds: Readonly<Record<string, NDArray>>,
): Record<string, NDArray> {
  const tensors = Object.entries(feeds).map(([input, { data, shape, dtype }]) => {
    return [input, tf.tensor(data as Float32Array, [...shape], dtype as 'float32')] as const
  })
  try {
    const results = tf.tidy(() => program(Object.fromEntries(tensors)) as Record<string, tf.Tensor>)
    const arrays = Object.entries(results).map(([output, tensor]) => {
      const array = ndarray(tensor.dtype as 'float32', tensor.shape, tensor.dataSync().slice() as Float32Array)
      tensor.dispose()
      return [output, array]
    })
    return Object.fromEntries(arrays)
  } catch (cause) {
    if (GantryError.isInstance(cause)) throw cause
    const lengths = Object.entries(feeds).map(([input, { shape }]) => `${input}=${shape}`)
    throw new UnsupportedError({
      code: 'CHECK_FAILED',
      message: `TF.js cannot run ${name} with ${lengths.join(' ')}: ${(cause as Error).message}.`,
      fix: 'Give lengths that the model can take, such as --input image=batch,224,224,3.',
      cause,
    })
  } finally {
    tf.dispose(tensors.map(([, tensor]) => tensor))
  }
}
