import { basename, dirname, resolve } from 'node:path'
import { exportModel, type InputDescriptions, modelProgram } from '@gantry/compiler'
import { writeOutput } from '@gantry/files'
import { adviseForModels } from './advise-for-models.ts'
import { checkExport, type ExportCheck } from './check-export.ts'
import { loadTfjsModel } from './load-tfjs-model.ts'
import { readTfjsModel, type TfjsModelFiles } from './read-tfjs-model.ts'

export interface ExportTfjsOptions {
  /** Where to. */
  readonly out: string
  /** Of the graph; default: that of the file. */
  readonly name?: string
  /** Lengths of inputs that the model leaves open. */
  readonly inputs?: InputDescriptions
  /** Open lengths that are always a multiple of a number. */
  readonly multiples?: Readonly<Record<string, number>>
  /** JavaScript modules that register custom layers with TF.js. */
  readonly layers?: readonly string[]
  /** Batch sizes to compare with TF.js at; nothing is written when they differ. Default: no comparison. */
  readonly check?: readonly number[]
}

export interface TfjsExport {
  readonly path: string
  readonly source: string
  readonly sourceKind: TfjsModelFiles['kind']
  readonly bytes: Uint8Array
  readonly check: ExportCheck | null
}

/**
 * Writes a TF.js model, as TF.js or its converter saved it, as an ONNX model.
 *
 * @param target `model.json`, or the folder that holds it
 * @throws what reading, loading, exporting and comparing throw; StorageError
 *
 * @example
 * ```ts
 * await exportTfjsModel('models/x4', { out: 'x4.onnx', check: [1, 3] })
 * ```
 */
export async function exportTfjsModel(
  target: string,
  { out, name, inputs = {}, multiples = {}, layers, check: batches }: ExportTfjsOptions,
): Promise<TfjsExport> {
  const files = await readTfjsModel(target)
  const model = await loadTfjsModel(files, layers)
  const signature = { name: name ?? nameOf(files.path), inputs, multiples }
  // Before the model is recorded, after which TF.js may call its inputs otherwise.
  const program = modelProgram(model, signature)
  const bytes = await exportModel(model, {
    ...signature,
    documentation: `Exported by Gantry from the TF.js ${files.kind} model ${basename(files.path)}.`,
    metadata: { source: basename(files.path), kind: `tfjs-${files.kind}-model` },
  }).catch((error) => {
    throw adviseForModels(error)
  })
  const compared = batches && (await checkExport(bytes, program, { batches, multiples }))
  await writeOutput(out, bytes)
  return { path: out, source: files.path, sourceKind: files.kind, bytes, check: compared ?? null }
}

/** `models/x4/model.json` → `x4`, `emotion.json` → `emotion` */
function nameOf(path: string): string {
  const name = basename(path, '.json')
  return name === 'model' ? basename(dirname(resolve(path))) : name
}
