import { execFileSync, spawnSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dtypes, type ModelManifest, type Ports, readManifest } from '@gantry/core'
import { decodeModel } from '@gantry/onnx'
import { describe, expect, it } from 'vitest'
import { oldFiles } from '../testing/old-files.ts'
import { negative } from '../testing/tiny-models.ts'
import { temporaryFolder } from '../testing/tiny-run.ts'
import { protoText } from './proto-text.ts'
import { tritonConfig } from './triton-config.ts'

const manifestOf = (bytes: Uint8Array) => readManifest(decodeModel(bytes).metadata)
const cgan = async () => manifestOf(new Uint8Array(await readFile(join(oldFiles, 'exports-v1/cgan-v1.onnx'))))

it('says what an exported function takes and gives', async () => {
  const lines = tritonConfig('digits', await cgan()).split('\n')
  expect(lines.slice(0, -6).join('\n')).toBe(`name: "digits"
backend: "onnxruntime"
max_batch_size: 32
input {
  name: "latent"
  data_type: TYPE_FP32
  dims: [8]
}
input {
  name: "labels"
  data_type: TYPE_INT32
  dims: [1]
  reshape {
    shape: []
  }
}
output {
  name: "samples"
  data_type: TYPE_FP32
  dims: [28, 28, 1]
}
dynamic_batching {
  max_queue_delay_microseconds: 4000
}
parameters {`)
})

it.each(['cgan-v1', 'generator-v1', 'points-v1'])('has the axes of the file itself: %s', async (name) => {
  const model = decodeModel(new Uint8Array(await readFile(join(oldFiles, `exports-v1/${name}.onnx`))))
  const text = tritonConfig(name, readManifest(model.metadata))
  const lists = [...text.matchAll(/^ {2}(?: {2}shape|dims): \[(.*)\]$/gm)].map(([, list]) => list!)
  // A tensor without an axis has two: what is sent, and what it becomes.
  const own = lists.filter((_, index) => lists[index + 1] !== '').map((list) => list.split(', ').filter(Boolean))
  const { inputs, outputs } = model.graph
  const shapes = [...inputs, ...outputs].map(({ shape }) => shape!.map((each) => String(each)))
  expect(shapes.map(([batch]) => batch)).toEqual(shapes.map(() => 'batch'))
  expect(own).toEqual(shapes.map(([, ...rest]) => rest))
})

it('writes lists of messages one after another, and what is no plain letter in octal', () => {
  expect(protoText({ a: [{ b: 1 }, { b: [true] }], c: 'ä"\\\n', d: [] })).toBe(
    'a {\n  b: 1\n}\na {\n  b: [true]\n}\nc: "\\303\\244\\042\\134\\012"\nd: []\n',
  )
})

const python = process.env.GANTRY_PYTHON ?? 'python3'
const modules = 'import tritonclient.grpc.model_config_pb2, google.protobuf.text_format'
const isThere = spawnSync(python, ['-c', modules]).status === 0

describe.skipIf(!isThere)(
  "Triton's own protocol buffers; without them: pip install 'tritonclient[grpc]', and GANTRY_PYTHON may name the Python that has it",
  () => {
    // biome-ignore lint/suspicious/noExplicitAny: what Python printed
    async function read(...manifests: ModelManifest[]): Promise<any[]> {
      const folder = await temporaryFolder()
      const files = manifests.map((_, index) => join(folder, `${index}.pbtxt`))
      for (const [index, file] of files.entries()) await writeFile(file, tritonConfig('any', manifests[index]!))
      return JSON.parse(
        execFileSync(python, [join(import.meta.dirname, '../testing/read-model-config.py'), ...files]).toString(),
      )
    }

    it('read the same: every dtype, open lengths, names of any letters', async () => {
      const own = await cgan()
      const every = Object.fromEntries(dtypes.map((dtype) => [dtype, { modality: 'any', dtype, shape: [2] }]))
      const inputs: Ports = { ...every, 'Größe "x"\\\n': { modality: 'number', dtype: 'float64', shape: [] } }
      const names = Array.from({ length: 300 }, (_, code) => String.fromCodePoint(code))
      const outputs: Ports = { y: { modality: 'label', dtype: 'int64', shape: ['4*height', 3, 'width'], names } }
      const strange = { ...own, inputs, outputs }
      const [plain, wide, odd] = await read(own, manifestOf(negative()), strange)
      expect(plain).toMatchObject({ name: 'any', backend: 'onnxruntime', max_batch_size: 32 })
      expect(plain.dynamic_batching).toEqual({ max_queue_delay_microseconds: '4000' })
      expect(plain.input).toEqual([
        { name: 'latent', data_type: 'TYPE_FP32', dims: ['8'] },
        { name: 'labels', data_type: 'TYPE_INT32', dims: ['1'], reshape: {} },
      ])
      expect(plain.output).toEqual([{ name: 'samples', data_type: 'TYPE_FP32', dims: ['28', '28', '1'] }])
      expect(wide.input).toEqual([{ name: 'source', data_type: 'TYPE_FP32', dims: ['-1', '-1', '3'] }])
      expect(odd.input.map((each: { data_type: string }) => each.data_type)).toEqual([
        ...['TYPE_FP32', 'TYPE_FP64', 'TYPE_INT32', 'TYPE_INT64', 'TYPE_UINT8', 'TYPE_BOOL', 'TYPE_FP64'],
      ])
      expect(odd.input.at(-1).name).toBe('Größe "x"\\\n')
      expect(odd.output[0].dims).toEqual(['-1', '3', '-1'])
      expect(readManifest({ 'gantry.manifest': odd.parameters['gantry.manifest'].string_value })).toEqual(strange)
    })
  },
)
