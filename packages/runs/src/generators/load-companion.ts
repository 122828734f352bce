import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { ConfigurationError, describeProgress, type ModelManifest } from '@gantry/core'
import { type LoadedGenerator, type LoadOptions, loadGenerator } from './load-generator.ts'

/**
 * Another function of the model that an exported one is of: from the file beside it, which a run writes where it is missing or of
 * other weights.
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
  const { weights, interpolated } = manifest
  const fitting = async (): Promise<LoadedGenerator | undefined> => {
    if (!existsSync(file)) return undefined
    const loaded = await loadGenerator(file, { ...(engine && { engine }) })
    if (isSameModel(loaded.manifest, manifest)) return loaded
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
  const between = interpolated === undefined ? '' : ` --with ${interpolated.other} --share ${interpolated.share}`
  throw new ConfigurationError({
    code: 'FUNCTION_MISSING',
    message: `Beside ${path} (${describeProgress(manifest)}) there is no '${name}' of the same model: ${file} is missing, or of other weights.`,
    fix: `Export both anew: 'gantry export RUN${between}', and 'gantry export RUN${between} --function ${name} --out ${file}'.`,
  })
}

/** Whether two functions have the weights of one model. */
function isSameModel(one: ModelManifest, other: ModelManifest): boolean {
  const weights = ({ trainingStep, weights, interpolated }: ModelManifest) => [trainingStep, weights, interpolated]
  return isDeepStrictEqual(weights(one), weights(other))
}
