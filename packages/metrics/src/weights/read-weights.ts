import { counted, DataError, type NDArray } from '@gantry/core'
import { decodeNpz } from '../formats/npz.ts'
import { isSafetensors, readSafetensors } from './read-safetensors.ts'
import { isTorchLegacy, readTorchLegacy } from './read-torch-legacy.ts'
import { readTorchZip } from './read-torch-zip.ts'
import { TorchTensor } from './torch-pickle.ts'
import { unpickle } from './unpickle.ts'
import { checkDepth, invalid, truncated } from './weights-errors.ts'
import { isZip, zipEntries } from './zip-entries.ts'

/**
 * Reads the tensors of a weights file, whatever its name: PyTorch's checkpoints (zip archives, and the pickles of PyTorch
 * before 1.6), `.safetensors` and `.npz`.
 *
 * Nothing in the file is executed. Tensors are views of `bytes` where they can be; do not change it afterwards. float16 and
 * bfloat16 become float32, int16 and int8 become int32.
 *
 * @throws ModelFormatError `PICKLE_UNSAFE`, `WEIGHTS_TRUNCATED`, `WEIGHTS_INVALID`
 *
 * @example
 * ```ts
 * const tensors = readWeights(new Uint8Array(await readFile('vgg16-397923af.pth')))
 * tensors.get('features.0.weight')?.shape // [64, 3, 3, 3]
 * ```
 */
export function readWeights(bytes: Uint8Array): Map<string, NDArray> {
  if (isZip(bytes)) return readArchive(bytes)
  if (isTorchLegacy(bytes)) return tensorsOf(readTorchLegacy(bytes))
  if (isSafetensors(bytes)) return readSafetensors(bytes)
  // Any other pickle: reading it says by name what it wants to call.
  if (bytes[0] === 0x80 && bytes[1]! <= 5) unpickle(bytes, 0, { global: () => undefined, persistent: () => undefined })
  const begins = [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
  throw bytes.length < 16
    ? truncated(`it has ${counted(bytes.length, 'byte')}`)
    : invalid(
        `The weights file begins with ${begins}: neither PyTorch's checkpoint, nor .safetensors, nor .npz.`,
        'Was a web page saved instead of the file?',
      )
}

function readArchive(bytes: Uint8Array): Map<string, NDArray> {
  const entries = zipEntries(bytes)
  const names = [...entries.keys()]
  if (names.some((name) => /(^|\/)data\.pkl$/.test(name))) return tensorsOf(readTorchZip(entries))
  if (!names.some((name) => name.endsWith('.npy'))) {
    throw invalid(
      `The weights file is a zip archive with neither data.pkl nor .npy files, but ${names[0] ?? 'nothing'}.`,
    )
  }
  try {
    return new Map(Object.entries(decodeNpz(bytes, { owner: 'The weights file' })))
  } catch (cause) {
    throw cause instanceof DataError ? invalid(cause.message) : cause
  }
}

/** Tensors of a checkpoint by their dotted names; what else it holds, such as the state of an optimizer's schedule, is left out. */
function tensorsOf(checkpoint: unknown): Map<string, NDArray> {
  const tensors = new Map<string, NDArray>()
  const seen = new Set<unknown>()
  const collect = (value: unknown, path: string, depth = 0) => {
    checkDepth(depth)
    if (value instanceof TorchTensor) tensors.set(path, value.read())
    // A pickle may hold a list that holds itself.
    if (seen.has(value)) return
    if (value instanceof Map) {
      seen.add(value)
      for (const [key, item] of value) collect(item, path === '' ? String(key) : `${path}.${key}`, depth + 1)
    } else if (Array.isArray(value)) {
      seen.add(value)
      for (const [index, item] of value.entries())
        collect(item, path === '' ? String(index) : `${path}.${index}`, depth + 1)
    }
  }
  collect(stateDictOf(checkpoint), '')
  return tensors
}

/** Training scripts save the state dict among other things. */
function stateDictOf(checkpoint: unknown): unknown {
  if (!(checkpoint instanceof Map)) return checkpoint
  for (const key of ['state_dict', 'model_state_dict', 'model']) {
    const inner = checkpoint.get(key)
    if (inner instanceof Map) return inner
  }
  return checkpoint
}
