import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type NDArray, rowsOf } from '@gantry/core'
import { imageGrid, translationOf } from '@gantry/modalities'
import { type LoadedGenerator, loadGenerator, rowsBy, writeSamples } from '@gantry/runs'
import { growthPicture } from './growth.ts'
import type { LearningRun } from './learning-run.ts'
import { readMade } from './made-samples.ts'
import { translationSheet } from './translation-sheet.ts'

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
 * Draws what the presets `good`, and all that make images out of images, come to, for the variants' pages: `VARIANT-DATA.png`, a row for
 * each class where there are classes, held-out images beside what becomes of them where there are any; and of those that grow
 * `VARIANT-DATA-growth.png`. Runs whose folder is gone keep the picture that they have.
 *
 * @param folder of run folders
 * @returns the files that were written
 */
export async function drawPictures(runs: readonly LearningRun[], folder: string, out: string): Promise<string[]> {
  mkdirSync(out, { recursive: true })
  const written: string[] = []
  for (const { id, variant, data, row, table, seed } of runs) {
    const own = join(folder, id)
    // A first stage is no preset's whole run.
    const translates = table === 'translations' && !row.endsWith('-pixels')
    const isGood = table === 'good' || (table === 'faces' && row === `${variant}-${data}`)
    if ((!isGood && !translates) || seed !== 1 || !existsSync(join(own, 'generator.onnx'))) continue
    // A run gives what it is validated on; what draws needs nothing but its file.
    const generator = await loadGenerator(translates ? own : join(own, 'generator.onnx'))
    try {
      const name = `${variant}-${data.replace(/^training:/, '').replace(/\W+/g, '-')}`
      const file = join(out, `${name}.png`)
      const translation = translationOf(generator.manifest)
      if (generator.run === undefined || translation === undefined) await writeGrid(generator, file)
      else writeFileSync(file, await translationSheet(generator, translation, generator.run))
      written.push(file)
      const growth = await growthPicture(join(own, 'samples'))
      if (growth === undefined) continue
      writeFileSync(join(out, `${name}-growth.png`), growth)
      written.push(join(out, `${name}-growth.png`))
    } finally {
      await generator.dispose()
    }
  }
  return written
}

/** A row for each class where there are classes. */
async function writeGrid(generator: LoadedGenerator, out: string): Promise<void> {
  const { inputs } = generator.manifest
  const conditional = Object.values(inputs).some(({ modality }) => modality === 'label')
  await writeSamples(generator, { seed: SEED, out, ...(conditional ? rowsBy(inputs, 'label') : { count: SAMPLES }) })
}
