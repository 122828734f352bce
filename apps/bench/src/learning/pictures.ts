import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type NDArray, rowsOf } from '@gantry/core'
import { imageGrid } from '@gantry/modalities'
import { loadGenerator, rowsBy, writeSamples } from '@gantry/runs'
import type { LearningRun } from './learning-run.ts'
import { readMade } from './made-samples.ts'

const SAMPLES = 64
const SEED = 1

/** Where the first samples of a run lie beside those of its twin: `pytorch-dcgan-mnist-1.png` and `pytorch-dcgan-mnist-1-pytorch.png`. */
export const besideName = (id: string) => `pytorch-${id}.png`

/**
 * Draws what runs and their twins in PyTorch made in the same time.
 *
 * @returns the files that were written
 */
export async function drawTwins(runs: readonly LearningRun[], folder: string, out: string): Promise<string[]> {
  mkdirSync(out, { recursive: true })
  const written: string[] = []
  for (const id of runs.flatMap((run) => (run.twinOf === undefined ? [] : [run.twinOf, run.id]))) {
    const made = join(folder, id, 'made')
    if (!existsSync(join(made, 'final.json'))) continue
    const { samples } = await readMade(made, 'final')
    const file = join(out, besideName(id))
    writeFileSync(file, await imageGrid([{ images: rowsOf(samples as NDArray, 0, SAMPLES), range: [0, 255] }]))
    written.push(file)
  }
  return written
}

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
