import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ConfigurationError } from '@gantry/core'
import { type LoadedGenerator, type LoadOptions, loadGenerator } from '../generators/load-generator.ts'
import type { FedFunction } from './fed-batches.ts'

/** A function that is loaded when it is needed. */
export interface WayBack {
  open(): Promise<FedFunction>
  dispose(): Promise<void>
}

/**
 * The function that leads back from where an exported one leads: from the file beside it, which a run writes where it is missing or of
 * another step.
 *
 * @param name of the function: `translate-back`
 * @throws ConfigurationError `FUNCTION_MISSING` when it is opened
 */
export function loadWayBack({ path, run, manifest }: LoadedGenerator, name: string, { onNote }: LoadOptions): WayBack {
  const file = join(dirname(path), `${name}.onnx`)
  const { trainingStep, weights } = manifest
  const fitting = async (): Promise<LoadedGenerator | undefined> => {
    if (!existsSync(file)) return undefined
    const loaded = await loadGenerator(file)
    if (loaded.manifest.trainingStep === trainingStep && loaded.manifest.weights === weights) return loaded
    await loaded.dispose()
    return undefined
  }
  const load = async (): Promise<LoadedGenerator> => {
    const there = await fitting()
    if (there !== undefined) return there
    if (run !== undefined) {
      const { exportRun } = await import('../export-run.ts')
      await exportRun(run, { functionName: name, weights, ...(onNote && { onNote }) })
    }
    const written = await fitting()
    if (written !== undefined) return written
    throw new ConfigurationError({
      code: 'FUNCTION_MISSING',
      message: `Of ${path} (step ${trainingStep}) the way back, '${name}', is not in ${file}, or is of another step.`,
      fix: `Export both anew: 'gantry export RUN', and 'gantry export RUN --function ${name} --out ${file}'.`,
    })
  }
  let opened: Promise<LoadedGenerator> | undefined
  return {
    async open() {
      opened ??= load()
      const { evaluate, manifest } = await opened
      return { evaluate, inputs: manifest.inputs, outputs: manifest.outputs }
    },
    async dispose() {
      await (await opened?.catch(() => undefined))?.dispose()
    },
  }
}
