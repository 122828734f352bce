import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ConfigurationError } from '@gantry/core'
import { type LoadedGenerator, type LoadOptions, loadGenerator } from './load-generator.ts'

/**
 * Another function of the model that an exported one is of: from the file beside it, which a run writes where it is missing or of
 * another step.
 *
 * @param name of the function: `translate-back`, `synthesis`
 * @throws ConfigurationError `FUNCTION_MISSING`
 */
export async function loadCompanion(
  { path, run, manifest }: LoadedGenerator,
  name: string,
  { onNote, engine }: LoadOptions = {},
): Promise<LoadedGenerator> {
  const file = join(dirname(path), `${name}.onnx`)
  const { trainingStep, weights } = manifest
  const fitting = async (): Promise<LoadedGenerator | undefined> => {
    if (!existsSync(file)) return undefined
    const loaded = await loadGenerator(file, { ...(engine && { engine }) })
    if (loaded.manifest.trainingStep === trainingStep && loaded.manifest.weights === weights) return loaded
    await loaded.dispose()
    return undefined
  }
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
    message: `Beside ${path} (step ${trainingStep}) there is no '${name}' of the same model: ${file} is missing, or of another step.`,
    fix: `Export both anew: 'gantry export RUN', and 'gantry export RUN --function ${name} --out ${file}'.`,
  })
}
