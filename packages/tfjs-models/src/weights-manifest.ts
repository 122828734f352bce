import { isAbsolute, normalize, sep } from 'node:path'
import { ModelFormatError } from '@gantry/core'
import type { io } from '@tensorflow/tfjs-core'

const bytesOf: Readonly<Record<string, number>> = {
  ...{ float32: 4, int32: 4, bool: 1, complex64: 8 },
  ...{ uint8: 1, uint16: 2, float16: 2 },
}

/**
 * Checks what a model.json says of its weights: TF.js itself would fail in the middle of a typed array, and read any file that is
 * named.
 *
 * @throws ModelFormatError `MODEL_NOT_TFJS`, `WEIGHTS_OUTSIDE` for files that do not lie below the model's folder
 */
export function checkWeightsManifest(path: string, groups: readonly unknown[]): io.WeightsManifestConfig {
  for (const group of groups) {
    const { paths, weights } = Object(group) as Partial<io.WeightsManifestConfig[number]>
    if (!Array.isArray(paths) || paths.some((file) => typeof file !== 'string') || !Array.isArray(weights)) {
      throw damaged(path, "an entry of its 'weightsManifest' has no list of paths and of weights")
    }
    for (const file of paths) checkPlace(path, file)
    for (const weight of weights) checkEntry(path, weight)
  }
  return groups as io.WeightsManifestConfig
}

function checkPlace(path: string, file: string): void {
  const inside = normalize(file)
  if (!isAbsolute(inside) && inside !== '..' && !inside.startsWith(`..${sep}`) && !file.includes('\0')) return
  throw new ModelFormatError({
    code: 'WEIGHTS_OUTSIDE',
    message: `${path} keeps weights in '${file}', which does not lie below its own folder.`,
    fix: 'Put all weight files beside the JSON file, and name them there.',
  })
}

function checkEntry(path: string, weight: unknown): void {
  const { name, dtype, shape } = Object(weight) as Partial<io.WeightsManifestEntry>
  const isLength = (length: unknown) => Number.isSafeInteger(length) && (length as number) >= 0
  if (typeof name === 'string' && typeof dtype === 'string' && Array.isArray(shape) && shape.every(isLength)) return
  throw damaged(path, `a weight has the name ${text(name)}, the dtype ${text(dtype)} and the shape ${text(shape)}`)
}

const text = (value: unknown) => JSON.stringify(value) ?? 'none'

function damaged(path: string, why: string): ModelFormatError {
  return new ModelFormatError({
    code: 'MODEL_NOT_TFJS',
    message: `${path} is no TF.js model: ${why}.`,
    fix: 'Name the model.json that TF.js saved or tensorflowjs_converter wrote.',
  })
}

/** @throws ModelFormatError `WEIGHTS_TRUNCATED` */
export function checkLength(path: string, specs: readonly io.WeightsManifestEntry[], found: number): void {
  let expected = 0
  for (const { dtype, shape, quantization } of specs) {
    const bytes = bytesOf[quantization?.dtype ?? dtype]
    // Strings are as long as they are.
    if (bytes === undefined) return
    expected += bytes * shape.reduce((product, length) => product * length, 1)
  }
  if (found >= expected) return
  throw new ModelFormatError({
    code: 'WEIGHTS_TRUNCATED',
    message: `The weights of ${path} are ${expected} bytes, but its files hold ${found}.`,
    fix: 'Copy the weight files again.',
  })
}
