import { existsSync, statSync } from 'node:fs'
import { createOnnxRuntimeInference } from '@gantry/backend-onnxruntime'
import { ConfigurationError, type InferenceSession, type ModelManifest, readManifest } from '@gantry/core'
import { RunFolder } from '@gantry/training'
import { note } from './output.ts'

export interface LoadedGenerator {
  readonly path: string
  readonly manifest: ModelManifest
  readonly session: InferenceSession
  /** The run that the generator comes from, where it was named by its run. */
  readonly run?: RunFolder
}

/**
 * Loads the generator of a run, exporting it first where that has not happened, or any model with a manifest.
 *
 * @throws ConfigurationError `TARGET_MISSING`, ModelFormatError for files that are no generators
 */
export async function loadGenerator(target: string): Promise<LoadedGenerator> {
  if (!existsSync(target)) {
    throw new ConfigurationError({
      code: 'TARGET_MISSING',
      message: `There is neither a run folder nor a model file at ${target}.`,
    })
  }
  if (!statSync(target).isDirectory()) return load(target)
  const run = await RunFolder.open(target)
  if (!existsSync(run.generatorPath)) {
    note(`${target} has no generator.onnx yet: exporting its newest checkpoint.`)
    const { exportRun } = await import('./export-run.ts')
    await exportRun(run, 'ema', run.generatorPath)
  }
  return { ...(await load(run.generatorPath)), run }
}

async function load(path: string): Promise<LoadedGenerator> {
  const session = await createOnnxRuntimeInference({ device: 'cpu' }).load(path)
  try {
    return { path, session, manifest: readManifest(session.metadata, path) }
  } catch (error) {
    await session.dispose()
    throw error
  }
}
