import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { encodeSafetensors, float32 } from '@gantry/core'
import { encodeStatistics } from '@gantry/metrics'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { inspectFile } from './inspect-file.ts'
import { inspectFolder } from './inspect-folder.ts'

const idx = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 1, 0)
const statistics = { mean: Float64Array.of(1, 2), covariance: Float64Array.of(1, 0, 0, 1) }
/** As Python's safetensors writes it: types that Gantry has no arrays for. */
function halves(): Buffer {
  const header =
    '{"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"F8_E4M3","shape":[3],"data_offsets":[4,7]}}'
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  return Buffer.concat([length, Buffer.from(header), Buffer.alloc(7)])
}

const weights = [{ name: 'w', shape: [3, 2], dtype: 'float32' }]
const model = { format: 'layers-model', modelTopology: {}, weightsManifest: [{ paths: ['w.bin'], weights }] }

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-inspect-'))
  vi.stubEnv('GANTRY_CACHE', join(root, 'cache'))
  const picture = sharp({ create: { width: 9, height: 8, channels: 3, background: 'red' } })
  const files: Record<string, Uint8Array | string> = {
    'labels.gz': gzipSync(idx),
    labels: idx,
    'statistics.npz': encodeStatistics(statistics, 'npz'),
    'weights.safetensors': encodeSafetensors({ tensors: { a: float32([1], [1]) }, metadata: { by: 'hand' } }),
    'model/model.json': JSON.stringify(model),
    'settings.json': '{"steps": 1}',
    'list.json': '[1]',
    'a.png': await picture.png().toBuffer(),
    'pictures/a.png': await picture.png().toBuffer(),
    'a.gif': await picture.gif().toBuffer(),
    'archive.zip': 'PK\x03\x04nothing',
    'm.keras': 'PK\x03\x04config.json model.weights.h5',
    'x.pt': 'PK\x03\x04nothing',
    'a.bmp': 'BM',
    'keras.h5': Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'),
    'gone.tar.zst': Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd),
    'cut.gz': gzipSync(idx).fill(0xff, 10),
    'brain.safetensors': halves(),
    'text.txt': 'This is text.',
    empty: '',
  }
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true })
    await writeFile(join(root, name), bytes)
  }
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await rm(root, { recursive: true })
})

const inspect = (name: string) => inspectFile(join(root, name), { options: {} })

describe('inspectFile', () => {
  it.each([
    ['labels', { kind: 'idx', shape: [2] }],
    ['labels.gz', { kind: 'idx', shape: [2] }],
    ['statistics.npz', { kind: 'tensors', elements: 6 }],
    ['weights.safetensors', { kind: 'tensors', elements: 1, metadata: { by: 'hand' } }],
    [
      'brain.safetensors',
      {
        elements: 5,
        tensors: [
          { name: 'a', dtype: 'bfloat16', shape: [2] },
          { name: 'b', dtype: 'float8_E4M3', shape: [3] },
        ],
      },
    ],
    ['model/model.json', { kind: 'tfjs-model', parameters: 6, arrays: 1, files: ['w.bin'] }],
    ['settings.json', { kind: 'json', keys: ['steps'] }],
    ['list.json', { kind: 'json' }],
    ['a.png', { kind: 'picture', format: 'png', width: 9, height: 8 }],
    ['a.gif', { kind: 'picture', format: 'gif' }],
  ])('answers for %s', async (name, result) => {
    const inspected = await inspect(name)
    expect(inspected.result).toMatchObject(result)
    expect(inspected.lines[0]).toContain(join(root, name))
    expect(inspected.lines.length).toBeGreaterThan(1)
  })

  it.each([
    ['archive.zip', 'FILE_KIND_UNSUPPORTED', /is a zip file.*folder:PATH/],
    ['m.keras', 'FILE_KIND_UNSUPPORTED', /is a Keras file.*export-tfjs/],
    ['x.pt', 'FILE_KIND_UNSUPPORTED', /is a PyTorch file.*state_dict/],
    ['a.bmp', 'FILE_KIND_UNSUPPORTED', /is a bmp file.*Save it as PNG/],
    ['keras.h5', 'FILE_KIND_UNSUPPORTED', /tensorflowjs_converter/],
    ['gone.tar.zst', 'FILE_KIND_UNSUPPORTED', /is a zstandard file/],
    ['cut.gz', 'FILE_KIND_UNSUPPORTED', /gzipped, but damaged/],
    ['empty', 'FILE_EMPTY', /empty has no bytes/],
    ['text.txt', 'ONNX_FOREIGN', /text\.txt/],
  ])('says what %s is, and what to do', async (name, code, message) => {
    await expect(inspect(name)).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })

  it('answers for folders of models and of pictures', async () => {
    expect((await inspectFolder(join(root, 'model'), { options: {} })).result).toMatchObject({ kind: 'tfjs-model' })
    const pictures = await inspectFolder(join(root, 'pictures'), { options: {} })
    expect(pictures.result).toMatchObject({ kind: 'dataset', samples: 1 })
    expect(pictures.lines[0]).toMatch(/pictures: 1 sample of image$/)
  })
})
