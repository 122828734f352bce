import '@tensorflow/tfjs-backend-cpu'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createOnnxRuntimeInference } from '@gantry/backend-onnxruntime'
import { exportFunction } from '@gantry/compiler'
import { findFunction, type NDArray, ndarray, RandomStream } from '@gantry/core'
import { supply } from '@gantry/modalities'
import { setBackend } from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium } from '../../../scripts/find-chromium.mjs'
import { type PlainArrays, runInChromium } from '../../backend-onnxruntime/src/testing/browser/run-in-chromium.ts'
import { buildVariant } from '../../variants/src/testing/fields.ts'

type Arrays = Readonly<Record<string, NDArray>>

interface Call {
  readonly name: string
  readonly model: Uint8Array
  readonly feeds: Arrays
  /** What ONNX Runtime gives in Node. */
  readonly outputs: Arrays
}

const variants = [
  { variant: 'pix2pix', options: { generatorWidth: 4, discriminatorWidth: 4, receptiveField: 16 }, factor: 1 },
  {
    variant: 'srgan',
    options: { generatorWidth: 4, residualBlocks: 1, discriminatorWidth: 4, denseUnits: 4 },
    factor: 4,
  },
]
/** Neither is the size that the networks are built for. */
const sizes = [
  [32, 48],
  [64, 32],
] as const

const calls: Call[] = []
beforeAll(async () => {
  await setBackend('cpu')
  for (const { variant, options, factor } of variants) {
    const built = buildVariant(variant, { shape: [16, 16, 3], batchSize: 1, options })
    const { bytes, inputs } = await exportFunction(findFunction(built, built.shown[0]!), { variables: built.variables })
    built.dispose()
    const session = await createOnnxRuntimeInference({ device: 'cpu' }).load(bytes)
    const [image] = Object.entries(inputs).find(([, { modality }]) => modality === 'image')!
    for (const [height, width] of sizes) {
      const picture = ndarray('float32', [1, height, width, 3])
      new RandomStream(1, 'elsewhere').fillUniform(picture.data)
      const feeds = supply(inputs, { seed: 0, from: 0, count: 1, asked: { [image]: picture } })
      const outputs = await session.run(feeds)
      const [made] = Object.values(outputs)
      expect(made!.shape).toEqual([1, factor * height, factor * width, 3])
      calls.push({ name: `${variant} ${height}×${width}`, model: bytes, feeds, outputs })
    }
    await session.dispose()
  }
})

const plain = (arrays: Arrays): PlainArrays =>
  Object.fromEntries(
    Object.entries(arrays).map(([name, { shape, data }]) => [name, { shape, data: Array.from(data, Number) }]),
  )

/** Other kernels, other rounding: less than a hundredth of a step of 8 bits. */
function expectSame({ name, outputs }: Call, elsewhere: PlainArrays): void {
  expect(Object.keys(elsewhere)).toEqual(Object.keys(outputs))
  for (const [output, { shape, data }] of Object.entries(outputs)) {
    const { [output]: other } = elsewhere
    expect(other!.shape).toEqual(shape)
    const differences = other!.data.map((value, index) => Math.abs(value - Number(data[index])))
    expect(Math.max(...differences), name).toBeLessThan(2 / 255 / 100)
  }
}

describe('exports of images of any size draw the same pictures', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gantry-elsewhere-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  const python = process.env.GANTRY_PYTHON ?? 'python3'
  const hasRuntime = spawnSync(python, ['-c', 'import onnxruntime, numpy']).status === 0

  it.skipIf(!hasRuntime)(
    "in Python's ONNX Runtime; without it: pip install onnxruntime, and GANTRY_PYTHON may name the Python that has it",
    async () => {
      const script = join(import.meta.dirname, 'testing/run-export.py')
      for (const call of calls) {
        const path = join(folder, 'model.onnx')
        await writeFile(path, call.model)
        const input = JSON.stringify(plain(call.feeds))
        const said = execFileSync(python, [script, path], { input, encoding: 'utf8', maxBuffer: 2 ** 28 })
        expectSame(call, JSON.parse(said))
      }
    },
  )

  const chromium = findChromium()
  it.skipIf(chromium === undefined)(
    'in Chromium; without it: apt-get install chromium, and GANTRY_CHROMIUM may name it',
    async () => {
      const requests = calls.map(({ model, feeds }) => ({ model, feeds: plain(feeds) }))
      const outputs = await runInChromium(chromium!, requests)
      for (const [index, call] of calls.entries()) expectSame(call, outputs[index]!)
    },
  )
})
