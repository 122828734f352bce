import { table } from '@gantry/reports/text'
import { Command } from 'commander'
import { requireAtLeast, wholeNumber } from '../options.ts'
import { type OutputFlags, present } from '../output.ts'

interface ExportTfjsFlags extends OutputFlags {
  readonly out: string
  readonly name?: string
  readonly input?: readonly string[]
  readonly multiple?: readonly string[]
  readonly layers?: readonly string[]
  readonly check?: boolean
  readonly batch?: number
}

export function exportTfjsCommand(): Command {
  return new Command('export-tfjs')
    .argument('<model.json|folder>')
    .description('write any TF.js model, layers model or graph model, as an ONNX model')
    .option('--out <file>', 'where to', 'model.onnx')
    .option('--name <name>', 'name of the graph (default: that of the file)')
    .option('--input <name=lengths...>', 'lengths of an input, such as image=batch,64,64,3; a word stays open')
    .option('--multiple <length=number...>', 'an open length that is always a multiple, such as height=8')
    .option('--layers <module...>', 'JavaScript modules that register custom layers with TF.js')
    .option('--check', 'compare with TF.js on random inputs first; nothing is written when they differ')
    .option('--batch <number>', 'batch size of the check (default: 1 and 3)', wholeNumber)
    .action(exportTfjs)
}

/** `gantry export-tfjs`: a TF.js model, as TF.js or its converter saved it, as an ONNX model. */
async function exportTfjs(target: string, flags: ExportTfjsFlags): Promise<void> {
  const { out, name, layers, batch } = flags
  const { exportTfjsModel, parseInputs, parseMultiples } = await import('@gantry/tfjs-models')
  const inputs = parseInputs(flags.input ?? [])
  const multiples = parseMultiples(flags.multiple ?? [])
  requireAtLeast(1, '--batch', batch)
  const { decodeModel } = await import('@gantry/onnx')
  const { summarizeGraph } = await import('@gantry/runs/generators')
  const { summaryRows } = await import('@gantry/reports/inspection')
  const optional = { ...(name !== undefined && { name }), ...(layers && { layers }) }
  const check = flags.check ? { check: batch === undefined ? [1, 3] : [batch] } : {}
  const exported = await exportTfjsModel(target, { out, inputs, multiples, ...optional, ...check })
  const summary = summarizeGraph(decodeModel(exported.bytes).graph)
  const { length: bytes } = exported.bytes
  const compared = exported.check
  const parity =
    compared && `${compared.error.toExponential(1)} of the largest output, at batch ${compared.batches.join(', ')}`
  present(flags, { ...exported, bytes, ...summary }, [
    `Exported the ${exported.sourceKind} model ${exported.source} to ${out}.`,
    ...table([
      ...summaryRows(summary),
      ['size', `${bytes} bytes`],
      ['differs from TF.js by', parity ?? 'not checked (--check does)'],
      ...(compared && compared.mended.length > 0
        ? [
            [
              'follows TensorFlow',
              `in ${compared.mended.join(', ')}, which TF.js's own cpu backend computes otherwise`,
            ] as const,
          ]
        : []),
    ]),
  ])
}
