import { basename, dirname, resolve } from 'node:path'
import { exportModel, modelProgram } from '@gantry/compiler'
import { ConfigurationError } from '@gantry/core'
import { writeFileAtomically } from '@gantry/files'
import { decodeModel } from '@gantry/onnx'
import { checkExport } from '../check-export.ts'
import { parseInputs, parseMultiples } from '../input-lengths.ts'
import { summarize, summaryRows } from '../inspect-model.ts'
import { loadTfjsModel } from '../load-tfjs-model.ts'
import { type OutputFlags, present, table } from '../output.ts'
import { readTfjsModel } from '../read-tfjs-model.ts'

export interface ExportTfjsFlags extends OutputFlags {
  readonly out: string
  readonly name?: string
  readonly input?: readonly string[]
  readonly multiple?: readonly string[]
  readonly layers?: readonly string[]
  readonly check?: boolean
  readonly batch?: number
}

/** `gantry export-tfjs`: a TF.js model, as TF.js or its converter saved it, as an ONNX model. */
export async function exportTfjs(target: string, flags: ExportTfjsFlags): Promise<void> {
  const inputs = parseInputs(flags.input ?? [])
  const multiples = parseMultiples(flags.multiple ?? [])
  if (flags.batch === 0) {
    throw new ConfigurationError({ code: 'OPTION_INVALID', message: '--batch must be at least 1, not 0.' })
  }
  const files = await readTfjsModel(target)
  const model = await loadTfjsModel(files, flags.layers)
  const signature = { name: flags.name ?? nameOf(files.path), inputs, multiples }
  const bytes = await exportModel(model, {
    ...signature,
    documentation: `Exported by Gantry from the TF.js ${files.kind} model ${basename(files.path)}.`,
    metadata: { source: basename(files.path), kind: `tfjs-${files.kind}-model` },
  })
  const batches = flags.batch === undefined ? [1, 3] : [flags.batch]
  const check = flags.check ? await checkExport(bytes, modelProgram(model, signature), { batches, multiples }) : null
  await writeFileAtomically(flags.out, bytes)
  const summary = summarize(decodeModel(bytes).graph)
  const parity = check && `${check.error.toExponential(1)} of the largest output, at batch ${check.batches.join(', ')}`
  const result = { path: flags.out, source: files.path, sourceKind: files.kind, bytes: bytes.length, ...summary, check }
  present(flags, result, [
    `Exported the ${files.kind} model ${files.path} to ${flags.out}.`,
    ...table([
      ...summaryRows(summary),
      ['size', `${bytes.length} bytes`],
      ['differs from TF.js by', parity ?? 'not checked (--check does)'],
    ]),
  ])
}

/** `models/x4/model.json` → `x4`, `emotion.json` → `emotion` */
function nameOf(path: string): string {
  const name = basename(path, '.json')
  return name === 'model' ? basename(dirname(resolve(path))) : name
}
