import type { LearningRun } from '../learning-run.ts'
import { goodPreset } from './good.ts'
import { BATCH_SIZE, type LearningTable, runsOf } from './run-rows.ts'

/** The same DCGAN from noise, and from the decoder of a VAE that has the same generator. */
function starts(): LearningRun[] {
  const preset = goodPreset('dcgan')
  if (preset === undefined) return []
  const { generatorWidth, latentSize } = preset.options as { generatorWidth?: number; latentSize?: number }
  const decoder = {
    ...(generatorWidth && { generatorWidth, discriminatorWidth: generatorWidth }),
    ...(latentSize && { latentSize }),
  }
  const short = { ...preset, run: { steps: 2500, batchSize: BATCH_SIZE } }
  const common = { table: 'starts', seeds: [1], preset: short }
  return [
    ...runsOf({ ...common, row: 'start-vae', variant: 'vae', preset: { ...short, options: decoder } }),
    ...runsOf({ ...common, row: 'start-from-noise', variant: 'dcgan' }),
    ...runsOf({ ...common, row: 'start-from-vae', variant: 'dcgan', startsFrom: 'start-vae-1' }),
  ]
}

export const startsTable: LearningTable = {
  name: 'starts',
  title: 'A start from the decoder of a VAE',
  about: 'Whether `--init-from` a VAE helps a DCGAN of the same generator, at the same number of steps.',
  runs: starts(),
}
