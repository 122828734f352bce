import { counted, describeSpec } from '@gantry/core'
import { describeModel, type GraphSummary } from '@gantry/runs/generators'
import { describeField, table } from '../text/index.ts'
import type { Inspection } from './inspection.ts'

/** Inputs, outputs, operators and manifest of any ONNX model. */
export async function inspectModel(path: string): Promise<Inspection> {
  const model = await describeModel(path)
  const { producer, opset, bytes, manifest } = model
  const { inputs, outputs, ...facts } = manifest ?? { inputs: {}, outputs: {} }
  const ports = [inputs, outputs].flatMap((each) => Object.entries(each))
  return {
    result: { kind: 'model', ...model },
    lines: [
      `${path}: ONNX model of ${producer || 'an unknown producer'}, opset ${opset}, ${counted(bytes, 'byte')}`,
      ...table([
        ...summaryRows(model),
        ...ports.map(([name, port]) => [name, describeField(port)]),
        ...(manifest ? Object.entries(facts).map(([key, value]) => [key, textOf(value)]) : [['manifest', 'none']]),
      ]),
    ],
  }
}

export function summaryRows({ inputs, outputs, nodes, operators, weights, parameters }: GraphSummary): string[][] {
  return [
    ...inputs.map((input) => ['input', `${input.name} ${describeSpec(input)}`]),
    ...outputs.map((output) => ['output', `${output.name} ${describeSpec(output)}`]),
    ['nodes', `${nodes} (${operators.map(({ operator, count }) => `${count} ${operator}`).join(', ')})`],
    ['parameters', `${parameters} in ${counted(weights, 'array')}`],
  ]
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
