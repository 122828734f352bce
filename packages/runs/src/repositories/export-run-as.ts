import { join } from 'node:path'
import { findNamed } from '@gantry/core'
import { writeOutput } from '@gantry/files'
import { type ExportRunOptions, exportOpened, exportRun, type GeneratorExport } from '../export-run.ts'
import { modelName } from '../model-name.ts'
import { openCheckpoint } from '../open-checkpoint.ts'
import type { RunFolder } from '../run-folder.ts'
import { inferenceService, serviceName } from './inference-service.ts'
import { tritonConfig } from './triton-config.ts'

export interface ExportAsOptions extends ExportRunOptions {
  /** Of `kserve`: where its storage will lie, such as `s3://models/digits`. Default: a claim that is called `models`. */
  readonly storage?: string
}

export interface ExportedFiles {
  /** The file, or the folder. */
  readonly path: string
  readonly models: readonly GeneratorExport[]
}

interface ExportFormat {
  readonly name: string
  write(folder: RunFolder, options: ExportAsOptions): Promise<ExportedFiles>
}

/** What a run can be exported as; the first is the usual one. */
const formats: readonly ExportFormat[] = [
  {
    name: 'onnx',
    async write(folder, options) {
      const exported = await exportRun(folder, options)
      return { path: exported.path, models: [exported] }
    },
  },
  {
    name: 'triton',
    async write(folder, { path = join(folder.path, 'triton'), ...options }) {
      return { path, models: await writeRepository(folder, path, options) }
    },
  },
  {
    name: 'kserve',
    async write(folder, { path = join(folder.path, 'kserve'), storage, ...options }) {
      const models = await writeRepository(folder, join(path, 'storage'), options)
      const uri = storage ?? `pvc://models/${serviceName(folder.name)}`
      await writeOutput(join(path, 'inference-service.yaml'), inferenceService(folder.name, uri))
      return { path, models }
    },
  },
]

/**
 * Exports a run's newest checkpoint: `onnx`, one function as a file; `triton`, everything that the run shows as a model repository;
 * `kserve`, the same with an InferenceService.
 *
 * @throws ConfigurationError `FORMAT_UNKNOWN` with the nearest name; those of {@link exportRun}
 *
 * @example
 * ```ts
 * await exportRunAs(await RunFolder.open('runs/digits'), 'triton', { path: 'repository' })
 * ```
 */
export async function exportRunAs(
  folder: RunFolder,
  format: string,
  options: ExportAsOptions = {},
): Promise<ExportedFiles> {
  const message = `A run cannot be exported as '${format}'.`
  return findNamed(formats, format, { code: 'FORMAT_UNKNOWN', message }).write(folder, options)
}

/**
 * `NAME/config.pbtxt` and `NAME/STEP/model.onnx` for every function: later steps are later versions, and Triton serves the last.
 * Functions after the first are called NAME-FUNCTION.
 */
async function writeRepository(
  folder: RunFolder,
  path: string,
  { weights = 'ema', functionName, ...options }: ExportAsOptions,
): Promise<GeneratorExport[]> {
  const run = await openCheckpoint(folder, options)
  try {
    const models: GeneratorExport[] = []
    const { state, step, model } = run
    for (const own of functionName === undefined ? model.shown : [functionName]) {
      const name = modelName(own === model.shown[0] ? folder.name : `${folder.name}-${own}`) || 'generator'
      // Versions are numbers from 1 on.
      const file = join(path, name, String(Math.max(1, step)), 'model.onnx')
      const exported = await exportOpened(run, {
        ...{ state, step, weights, path: file, functionName: own },
        between: options.between,
      })
      await writeOutput(join(path, name, 'config.pbtxt'), tritonConfig(name, exported.manifest))
      models.push(exported)
    }
    return models
  } finally {
    await run.dispose()
  }
}
