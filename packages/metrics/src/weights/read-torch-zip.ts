import { readElements, storedBytes } from './elements.ts'
import { type TorchStorage, torchWorld } from './torch-pickle.ts'
import { unpickle } from './unpickle.ts'
import { invalid, truncated } from './weights-errors.ts'
import type { ZipEntry } from './zip-entries.ts'

/**
 * The object in a checkpoint of PyTorch 1.6 and later: a zip archive of `data.pkl` and one file a storage, in a folder of any
 * name.
 */
export function readTorchZip(entries: ReadonlyMap<string, ZipEntry>): unknown {
  const path = [...entries.keys()].find((name) => name === 'data.pkl' || name.endsWith('/data.pkl'))!
  const folder = path.slice(0, -'data.pkl'.length)
  if (entries.has(`${folder}constants.pkl`)) {
    throw invalid(
      'The weights file is a TorchScript program, not a state dict.',
      'Save its tensors: torch.save(torch.jit.load(path).state_dict(), newPath).',
    )
  }
  const bytesOf = (name: string) => {
    const entry = entries.get(`${folder}${name}`)
    if (entry?.compressed) throw invalid(`The file's entry '${folder}${name}' is compressed, which PyTorch never does.`)
    return entry?.bytes
  }
  const byteOrder = bytesOf('byteorder')
  const littleEndian = byteOrder === undefined || new TextDecoder().decode(byteOrder) !== 'big'
  const storages = new Map<string, TorchStorage>()
  const world = torchWorld(({ type, key, length }) => {
    const known = storages.get(key)
    if (known !== undefined) return known
    const bytes = bytesOf(`data/${key}`)
    if (bytes === undefined || bytes.length < length * storedBytes(type))
      throw truncated(`storage '${key}' has too few bytes`)
    const storage = { type, elements: readElements(type, bytes, littleEndian) }
    storages.set(key, storage)
    return storage
  })
  return unpickle(bytesOf('data.pkl')!, 0, world).value
}
