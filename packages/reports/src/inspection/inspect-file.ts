import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { ConfigurationError, UnsupportedError } from '@gantry/core'
import { type FileKind, fileKind, kindOfFile, storageError } from '@gantry/files'
import { type DatasetInspection, inspectDataset } from './inspect-dataset.ts'
import { inspectModel } from './inspect-model.ts'
import { inspectIdx, inspectJson, inspectPicture, inspectTensors } from './inspect-parts.ts'
import type { Inspection } from './inspection.ts'

type Inspector = (path: string, options: DatasetInspection) => Promise<Inspection>

const dataset =
  (name: string): Inspector =>
  (path, options) =>
    inspectDataset(`${name}:${path}`, options)

const tensors =
  (kind: string): Inspector =>
  async (path) =>
    inspectTensors(path, kind, await read(path))

/** What a file of each kind is shown as; the others are refused by name, with what to do. */
const inspectors: Partial<Record<FileKind, Inspector>> = {
  parquet: dataset('parquet'),
  tar: dataset('webdataset'),
  gzip: inspectGzip,
  npy: tensors('.npy'),
  safetensors: tensors('safetensors'),
  pickle: tensors('PyTorch checkpoint'),
  zip: inspectZip,
  idx: async (path) => inspectIdx(path, await read(path)),
  json: async (path) => inspectJson(path, await read(path)),
  png: inspectPicture,
  jpeg: inspectPicture,
  webp: inspectPicture,
  gif: inspectPicture,
  tiff: inspectPicture,
  unknown: (path) => inspectModel(path),
}

/**
 * What a file is made of, whatever its name: ONNX models, tables and shards of images, arrays and weights of other tools, pictures,
 * `model.json` of TF.js, IDX.
 *
 * @throws UnsupportedError `FILE_KIND_UNSUPPORTED` for what is known but not read, ConfigurationError `FILE_EMPTY`, and what
 * damaged files throw
 */
export async function inspectFile(path: string, options: DatasetInspection): Promise<Inspection> {
  // What is meant as a model is refused as one.
  if (/\.onnx$/i.test(path)) return inspectModel(path)
  const kind = await kindOfFile(path)
  if (kind === 'empty') throw new ConfigurationError({ code: 'FILE_EMPTY', message: `${path} has no bytes.` })
  const inspector = inspectors[kind]
  if (inspector === undefined) throw unsupported(path, kind)
  return inspector(path, options)
}

/** A shard, or one of the files of MNIST. */
async function inspectGzip(path: string, options: DatasetInspection): Promise<Inspection> {
  const inner = fileKind(await beginningOf(path))
  if (inner === 'idx') return inspectIdx(path, await read(path))
  if (inner === 'tar') return inspectDataset(`webdataset:${path}`, options)
  throw unsupported(path, `gzipped ${inner}`)
}

/** Arrays of numpy and checkpoints of PyTorch are archives, too. */
async function inspectZip(path: string): Promise<Inspection> {
  const bytes = await read(path)
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (text.includes('.npy')) return inspectTensors(path, '.npz', bytes)
  if (text.includes('data.pkl')) return inspectTensors(path, 'PyTorch checkpoint', bytes)
  if (/\.keras$/i.test(path) || text.includes('model.weights.h5')) throw unsupported(path, 'Keras')
  const isTorch = /\.(pt2?|pth|ckpt)$/i.test(path) || text.includes('constants.pkl')
  throw unsupported(path, isTorch ? 'PyTorch' : 'zip')
}

async function beginningOf(path: string): Promise<Uint8Array> {
  const unpacked = createReadStream(path).pipe(createGunzip())
  try {
    for await (const chunk of unpacked) return chunk
    return new Uint8Array()
  } catch (cause) {
    throw new UnsupportedError({
      code: 'FILE_KIND_UNSUPPORTED',
      message: `${path} is gzipped, but damaged: ${(cause as Error).message}.`,
      fix: 'Fetch the file again.',
      cause,
    })
  }
}

/** What to do with a file that is known, and not read. */
const advice: Readonly<Record<string, string>> = {
  hdf5: 'If it is a Keras model, convert it: tensorflowjs_converter --input_format=keras, then gantry export-tfjs.',
  Keras:
    'Convert it to a TF.js model, then gantry export-tfjs: in Python, tensorflowjs.converters.save_keras_model(model, folder).',
  PyTorch:
    'It holds no weights by name: save those, torch.save(model.state_dict(), file), or export the model, torch.onnx.export.',
  zip: "Unpack it, and name the folder: 'folder:PATH' reads its images.",
  bmp: 'Save it as PNG.',
}

function unsupported(path: string, kind: string): UnsupportedError {
  return new UnsupportedError({
    code: 'FILE_KIND_UNSUPPORTED',
    message: `${path} is a ${kind} file, which is not looked into.`,
    fix: advice[kind] ?? 'Unpack or convert it first.',
  })
}

async function read(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((cause) => {
    throw storageError('read', path, cause)
  })
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
