import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { loadGenerator, rowsBy, writeSamples } from '@gantry/runs'
import type { LearningRun } from './learning-run.ts'

const SAMPLES = 64
const SEED = 1

/**
 * Draws what the presets `good` make, for the variants' pages: `VARIANT-DATA.png`, a row for each class where there are classes. Runs
 * whose folder is gone keep the picture that they have.
 *
 * @param folder of run folders
 * @returns the files that were written
 */
export async function drawPictures(runs: readonly LearningRun[], folder: string, out: string): Promise<string[]> {
  mkdirSync(out, { recursive: true })
  const written: string[] = []
  for (const { id, variant, data, table, seed } of runs) {
    const path = join(folder, id, 'generator.onnx')
    if (table !== 'good' || seed !== 1 || !existsSync(path)) continue
    const generator = await loadGenerator(path)
    try {
      const { inputs } = generator.manifest
      const conditional = Object.values(inputs).some(({ modality }) => modality === 'label')
      const asked = conditional ? rowsBy(inputs, 'label') : { count: SAMPLES }
      const file = join(out, `${variant}-${data}.png`)
      await writeSamples(generator, { seed: SEED, out: file, ...asked })
      written.push(file)
    } finally {
      await generator.dispose()
    }
  }
  return written
}
