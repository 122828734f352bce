import { ModelFormatError, type NDArray, ndarray } from '@gantry/core'
import { type KnownWeights, knownWeights, type WeightsName } from './known-weights.ts'
import { readWeights } from './read-weights.ts'

/** Checked tensors of a network, under the names that Gantry uses, and the file that they came from. */
export interface NetworkWeights {
  readonly tensors: ReadonlyMap<string, NDArray<'float32'>>
  /** Of the file, hexadecimal. */
  readonly sha256: string
  /** True for a file as its authors publish it; false for conversions, and for weights of one's own. */
  readonly official: boolean
}

/**
 * The tensors of known weights from a user's file: of any format that {@link readWeights} reads, and with the names of any of
 * the programs that use them. Tensors that are not needed are left out.
 *
 * @param sha256 of the bytes, hexadecimal, from whoever read or downloaded the file ({@link sha256} computes it)
 * @throws ModelFormatError `WEIGHTS_MISMATCH` for a file of another network, and those of {@link readWeights}
 *
 * @example
 * ```ts
 * const weights = weightsFor('inception-fid', bytes, await sha256(bytes))
 * ```
 */
export function weightsFor(name: WeightsName, bytes: Uint8Array, sha256: string): NetworkWeights {
  const known = knownWeights.find((each) => each.name === name)!
  const found = new Map<string, NDArray>()
  // DataParallel puts `module.` before every name.
  for (const [key, tensor] of readWeights(bytes)) found.set(known.canonicalName(key.replace(/^module\./, '')), tensor)
  const problem = describeMismatch(known, found)
  if (problem !== undefined) {
    throw new ModelFormatError({
      code: 'WEIGHTS_MISMATCH',
      message: `These are not the weights '${name}' (SHA-256 ${sha256}): ${problem}.`,
      fix: `Bring ${known.about}: ${known.files[0].url}`,
    })
  }
  const tensors = [...known.shapes.keys()].map((key) => [key, toFloat32(found.get(key)!)] as const)
  return { tensors: new Map(tensors), sha256, official: known.files.some((file) => file.sha256 === sha256) }
}

/** The first thing that does not fit, with what is there instead. */
function describeMismatch({ shapes }: KnownWeights, found: ReadonlyMap<string, NDArray>): string | undefined {
  const missing = [...shapes.keys()].filter((key) => !found.has(key))
  if (missing.length > 0) {
    const [first] = missing as [string]
    const unexpected = [...found].find(([key]) => !shapes.has(key))
    const instead = unexpected === undefined ? '' : `, and has '${unexpected[0]}' [${unexpected[1].shape.join(',')}]`
    return `the file lacks ${missing.length} of ${shapes.size} tensors, first '${first}' [${shapes.get(first)!.join(',')}]${instead}`
  }
  for (const [key, shape] of shapes) {
    const tensor = found.get(key)!
    if (tensor.shape.join() !== shape.join()) {
      return `'${key}' must be [${shape.join(',')}] but is [${tensor.shape.join(',')}]`
    }
    if (tensor.dtype !== 'float32' && tensor.dtype !== 'float64') return `'${key}' is ${tensor.dtype}`
  }
  return undefined
}

function toFloat32({ shape, data }: NDArray): NDArray<'float32'> {
  return ndarray('float32', shape, data instanceof Float32Array ? data : Float32Array.from(data as Float64Array))
}
