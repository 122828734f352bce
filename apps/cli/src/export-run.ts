import { ConfigurationError } from '@gantry/core'
import type { RunFolder } from '@gantry/training'
import { exportGenerator, type GeneratorExport } from './export-generator.ts'
import { openTraining } from './open-training.ts'
import { note } from './output.ts'

/**
 * Exports the generator of a run's newest checkpoint that can be read.
 *
 * @throws ConfigurationError `CHECKPOINT_MISSING`, and those of `exportGenerator`
 */
export async function exportRun(run: RunFolder, weights: 'ema' | 'raw', path: string): Promise<GeneratorExport> {
  const checkpoint = await run.checkpoints.newest((_, { message }) => note(`${message} Taking the one before it.`))
  if (checkpoint === undefined) {
    throw new ConfigurationError({
      code: 'CHECKPOINT_MISSING',
      message: `${run.path} has no checkpoint yet.`,
      fix: "Continue the run with 'gantry train … --resume'.",
    })
  }
  // Exporting is one forward pass: every machine can do it on the CPU, whatever trained the run.
  const training = await openTraining({ ...run.config, device: run.config.engine === 'tfjs' ? 'auto' : 'cpu' })
  try {
    return await exportGenerator(training, { state: checkpoint.state, step: checkpoint.position.step, weights, path })
  } finally {
    await training.dispose()
  }
}
