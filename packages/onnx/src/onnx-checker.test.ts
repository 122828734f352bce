import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeModel } from './codec/decode-model.ts'
import { encodeModel } from './codec/encode-model.ts'
import type { Graph } from './graph.ts'
import { GraphBuilder } from './graph-builder.ts'
import { createModel } from './model.ts'
import { optimizeForInference } from './passes/optimize-for-inference.ts'
import { operatorCases } from './testing/operator-cases.ts'
import { randomGraph } from './testing/random-graph.ts'
import { randomNetwork } from './testing/random-network.ts'

// Debian's python3-onnx, the checker that comes with the specification; another python may lack it.
const PYTHON = '/usr/bin/python3'

function python(script: string, ...options: readonly string[]): string {
  return execFileSync(PYTHON, ['-c', script, ...options], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

const available = (() => {
  try {
    python('import onnx')
    return true
  } catch {
    return false
  }
})()

/** One graph with every operator of the tests. */
function allOperators(): Graph {
  const builder = new GraphBuilder('all_operators')
  const cases = operatorCases.filter(({ checkerDiffers }) => checkerDiffers === undefined)
  for (const [number, { operator, operands, attributes, outputs = 1 }] of cases.entries()) {
    const inputs = operands.map((operand, index) => {
      if (operand === undefined) return undefined
      return 'data' in operand ? builder.constant(operand) : builder.input(`input_${number}_${index}`, operand)
    })
    const values = builder.nodes(operator, inputs, outputs, attributes)
    for (const [index, value] of values.entries()) builder.output(`output_${number}_${index}`, value)
  }
  return builder.build()
}

test.skipIf(!available)(`onnx.checker accepts what is written (skipped where ${PYTHON} has no onnx)`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-onnx-'))
  try {
    const graphs = [
      allOperators(),
      ...[1, 2, 3].map((seed) => randomGraph(seed)),
      ...[1, 2, 3, 4].map((seed) => optimizeForInference(randomNetwork(seed, 30))),
    ]
    const paths = graphs.map((graph) => {
      const path = join(folder, `${graph.name}.onnx`)
      writeFileSync(path, encodeModel(createModel(graph)))
      return path
    })
    const script =
      'import onnx, sys\nfor path in sys.argv[1:]: onnx.checker.check_model(path, full_check=True)\nprint("ok")'
    expect(python(script, ...paths)).toBe('ok\n')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.skipIf(!available)(`files of onnx.helper can be read (skipped where ${PYTHON} has no onnx)`, () => {
  const script = `
import onnx, sys
from onnx import helper, TensorProto
x = helper.make_tensor_value_info('x', TensorProto.FLOAT, ['n', None, 2])
w = helper.make_tensor('w', TensorProto.FLOAT, [2], [1.5, -2.0])
graph = helper.make_graph([helper.make_node('Add', ['x', 'w'], ['y'], name='add')], 'helped', [x], [helper.make_tensor_value_info('y', TensorProto.FLOAT, ['n', 'm', 2])], [w])
sys.stdout.buffer.write(helper.make_model(graph, opset_imports=[helper.make_opsetid('', 13)]).SerializeToString())
`
  const bytes = execFileSync(PYTHON, ['-c', script])
  const { graph, opset } = decodeModel(bytes)
  expect(opset).toBe(13)
  expect([...graph.initializers.get('w')!.data]).toEqual([1.5, -2])
  expect(graph.inputs[0]!.shape).toEqual(['n', 'x_axis1', 2])
  expect(graph.nodes).toEqual([{ operator: 'Add', name: 'add', inputs: ['x', 'w'], outputs: ['y'], attributes: {} }])
})
