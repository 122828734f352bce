import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeModel } from '@gantry/onnx'

/** Every test of a folder `onnx/backend/test/data`: a model, and inputs with the outputs that belong to them. */
export function* findTests(data) {
  for (const kind of ['node', 'simple', 'pytorch-converted', 'pytorch-operator']) {
    const folder = join(data, kind)
    if (!existsSync(folder)) continue
    for (const name of readdirSync(folder).sort()) {
      const model = join(folder, name, 'model.onnx')
      if (existsSync(model)) yield { name, bytes: readFileSync(model), sets: () => readSets(join(folder, name)) }
    }
  }
  // Real architectures with weights of one number.
  const light = join(data, 'light')
  for (const name of existsSync(light) ? readdirSync(light).sort() : []) {
    if (name.endsWith('.onnx')) yield { name, bytes: readFileSync(join(light, name)), sets: () => [] }
  }
}

function readSets(folder) {
  return readdirSync(folder)
    .filter((name) => name.startsWith('test_data_set_'))
    .map((name) => ({
      inputs: readTensors(join(folder, name), 'input'),
      outputs: readTensors(join(folder, name), 'output'),
    }))
}

/** Undefined stands for what is no tensor of Gantry's dtypes. */
function readTensors(folder, kind) {
  const files = readdirSync(folder).filter((name) => name.startsWith(`${kind}_`) && name.endsWith('.pb'))
  const numbers = files.map((name) => Number(/\d+/.exec(name))).sort((left, right) => left - right)
  return numbers.map((number) => decodeTensor(readFileSync(join(folder, `${kind}_${number}.pb`))))
}

/** A tensor on its own is read as the only constant of an empty graph. */
function decodeTensor(bytes) {
  const graph = [...lengthDelimited(2, Buffer.from('tensor')), ...lengthDelimited(5, bytes)]
  const model = [0x08, 8, ...lengthDelimited(8, [0x10, 17]), ...lengthDelimited(7, graph)]
  try {
    return [...decodeModel(Uint8Array.from(model)).graph.initializers.values()][0]
  } catch {
    return undefined
  }
}

function lengthDelimited(field, bytes) {
  const length = []
  for (let rest = bytes.length; ; rest >>>= 7) {
    length.push(rest < 0x80 ? rest : (rest & 0x7f) | 0x80)
    if (rest < 0x80) return [(field << 3) | 2, ...length, ...bytes]
  }
}
