import { existsSync, statSync } from 'node:fs'
import type { OnnxRuntimeOptions } from '@gantry/backend-onnxruntime'
import { ConfigurationError, type ModelManifest, readManifest } from '@gantry/core'
import { suggestedPath } from '@gantry/files'
import { fitLengths } from '@gantry/modalities'
import type { Arrays, Evaluate } from '@gantry/training'
import { RunFolder } from '../run-folder.ts'
import { adaptedFunction } from './adapted-function.ts'
import { checkMemory } from './check-memory.ts'
import { describedModel } from './described-model.ts'
import { openSession } from './open-session.ts'

/** An exported function, ready to be called. */
export interface LoadedGenerator {
  readonly path: string
  readonly manifest: ModelManifest
  /** Arrays of the manifest's inputs to arrays of its outputs, at any batch size. */
  readonly evaluate: Evaluate
  /** The run that the generator comes from, where it was named by its run. */
  readonly run?: RunFolder
  dispose(): Promise<void>
}

export interface LoadOptions {
  /** A JSON file that says what the inputs and outputs of a model are that has no manifest: see {@link describedModel}. */
  readonly describe?: string
  /** What computes, and with how many threads; default: the CPU with all its cores. */
  readonly engine?: Pick<OnnxRuntimeOptions, 'device' | 'threads' | 'isolate'>
  /** Told what a person should know. */
  readonly onNote?: (text: string) => void
}

/**
 * Loads the generator of a run, exporting it first where that has not happened, or any ONNX model that has a manifest or is
 * described by hand.
 *
 * @throws ConfigurationError `TARGET_MISSING`, `DESCRIPTION_INVALID`, ModelFormatError for files that are no generators
 *
 * @example
 * ```ts
 * const generator = await loadGenerator('runs/mine')
 * const { outputs } = await generate(generator.evaluate, generator.manifest.inputs, { seed: 0, count: 64 })
 * await generator.dispose()
 * ```
 */
export async function loadGenerator(target: string, options: LoadOptions = {}): Promise<LoadedGenerator> {
  if (!existsSync(target)) {
    throw new ConfigurationError({
      code: 'TARGET_MISSING',
      message: `There is neither a run folder nor a model file at ${target}.`,
      fix: suggestedPath(target) ?? 'Name the folder of a run, or the file of a model: generator.onnx.',
    })
  }
  if (!statSync(target).isDirectory()) return load(target, options)
  const run = await RunFolder.open(target)
  const { onNote = () => {} } = options
  if (!existsSync(run.generatorPath)) {
    onNote(`${target} has no generator.onnx yet: exporting its newest checkpoint.`)
    // The compiler and the variants are loaded only when there is something to export.
    const { exportRun } = await import('../export-run.ts')
    await exportRun(run, { onNote })
  }
  return { ...(await load(run.generatorPath, options)), run }
}

async function load(path: string, { describe, engine }: LoadOptions): Promise<LoadedGenerator> {
  const session = await openSession(path, engine)
  const dispose = () => session.dispose()
  try {
    if (describe === undefined) {
      const manifest = readManifest(session.metadata, path)
      const fitted = fitLengths((inputs: Arrays) => session.run(inputs), manifest)
      const evaluate = async (inputs: Arrays) => {
        checkMemory(manifest, inputs)
        return fitted(inputs)
      }
      return { path, manifest, evaluate, dispose }
    }
    const { manifest, layouts } = await describedModel(path, session, describe)
    return { path, manifest, evaluate: adaptedFunction(session, layouts), dispose }
  } catch (error) {
    await session.dispose()
    throw error
  }
}
