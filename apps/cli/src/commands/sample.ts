import { statSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigurationError, type ModelManifest, suggestion } from '@gantry/core'
import { writeFileAtomically } from '@gantry/files'
import {
  type GenerateOptions,
  generate,
  generateBatches,
  imageGrid,
  imagePng,
  makeFolder,
  sampleView,
  scatterPlot,
} from '@gantry/training'
import { generatorOf } from '../draw-samples.ts'
import { type LoadedGenerator, loadGenerator } from '../load-generator.ts'
import { type OutputFlags, present } from '../output.ts'

export interface SampleFlags extends OutputFlags {
  readonly count: number
  readonly seed: number
  readonly out: string
  /** Name or number of a class, for conditional generators. */
  readonly label?: string
}

/** `gantry sample`: images or points of a generator, as one PNG or as a folder of them. */
export async function sample(target: string, flags: SampleFlags): Promise<void> {
  const { count, seed, out } = flags
  if (count < 1) {
    throw new ConfigurationError({ code: 'OPTION_INVALID', message: `--count must be at least 1, not ${count}.` })
  }
  const toFolder = isFolder(out)
  const loaded = await loadGenerator(target)
  try {
    const { manifest, path } = loaded
    const labelOf = labelling(manifest, flags.label)
    const options = { count, seed, ...(labelOf && { labelOf }) }
    if (toFolder) await writeFolder(loaded, options, out)
    else await writeFileAtomically(out, await draw(loaded, options))
    const { variant, dataset, trainingStep } = manifest
    present(flags, { out, count, seed, model: path, kind: manifest.sample.kind, variant, dataset, trainingStep }, [
      `${count} samples of ${variant} on ${dataset} (step ${trainingStep}, seed ${seed}) in ${out}`,
    ])
  } finally {
    await loaded.session.dispose()
  }
}

async function draw(loaded: LoadedGenerator, options: GenerateOptions): Promise<Uint8Array> {
  const { manifest, run } = loaded
  const samples = await generate(generatorOf(loaded), manifest.latent, options)
  if (manifest.sample.kind === 'image') return imageGrid(samples)
  // A run knows its real data, which then lie behind the points.
  if (run) {
    const { openDataset } = await import('@gantry/datasets')
    return (await sampleView(await openDataset(run.config.data), run.config.seed))(samples)
  }
  return scatterPlot(samples, { axes: manifest.sample.valueRange })
}

async function writeFolder(loaded: LoadedGenerator, options: GenerateOptions, out: string): Promise<void> {
  const { latent, sample } = loaded.manifest
  if (sample.kind !== 'image') {
    throw new ConfigurationError({
      code: 'OUT_INVALID',
      message: `Points are drawn into one scatter plot, but --out ${out} is a folder.`,
      fix: 'Name a file, such as points.png.',
    })
  }
  await makeFolder(out)
  for await (const { from, samples } of generateBatches(generatorOf(loaded), latent, options)) {
    for (let index = 0; index < samples.shape[0]!; index++) {
      const name = `${String(from + index).padStart(6, '0')}.png`
      await writeFileAtomically(join(out, name), await imagePng(samples, index))
    }
  }
}

/**
 * The label of each sample: the one that is asked for, or all in turn; undefined for generators without labels.
 *
 * @throws ConfigurationError `LABEL_UNSUPPORTED`, `LABEL_UNKNOWN`
 */
function labelling({ conditioning, labels = [], variant }: ModelManifest, wanted: string | undefined) {
  if (conditioning === undefined) {
    if (wanted === undefined) return undefined
    throw new ConfigurationError({
      code: 'LABEL_UNSUPPORTED',
      message: `--label asks for '${wanted}', but this generator (${variant}) is told no labels.`,
      fix: "Leave it out, or train a conditional variant such as 'cgan'.",
    })
  }
  const { classes } = conditioning
  if (wanted === undefined) return (index: number) => index % classes
  const named = labels.indexOf(wanted)
  const label = named !== -1 ? named : /^\d+$/.test(wanted) ? Number(wanted) : classes
  if (label < classes) return () => label
  throw new ConfigurationError({
    code: 'LABEL_UNKNOWN',
    message: `There is no label '${wanted}' among the ${classes} that this generator knows.`,
    fix: labels.length > 0 ? suggestion(wanted, labels) : `Use a number from 0 to ${classes - 1}.`,
  })
}

/** `folder/`, or a folder that is there; anything else must be a PNG file. */
function isFolder(out: string): boolean {
  if (/[\\/]$/.test(out) || statSync(out, { throwIfNoEntry: false })?.isDirectory()) return true
  if (/\.png$/i.test(out)) return false
  throw new ConfigurationError({
    code: 'OUT_INVALID',
    message: `--out is a file that ends in .png, or a folder that ends in /, not '${out}'.`,
  })
}
