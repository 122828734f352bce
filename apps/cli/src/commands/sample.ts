import { statSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigurationError, type NDArray } from '@gantry/core'
import { writeFileAtomically } from '@gantry/files'
import {
  type GenerateOptions,
  type Generator,
  generate,
  generateBatches,
  imageGrid,
  imagePng,
  makeFolder,
  sampleView,
  scatterPlot,
} from '@gantry/training'
import { type LoadedGenerator, loadGenerator } from '../load-generator.ts'
import { type OutputFlags, present } from '../output.ts'

export interface SampleFlags extends OutputFlags {
  readonly count: number
  readonly seed: number
  readonly out: string
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
    if (toFolder) await writeFolder(loaded, flags)
    else await writeFileAtomically(out, await draw(loaded, { count, seed }))
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

async function writeFolder(loaded: LoadedGenerator, { count, seed, out }: SampleFlags): Promise<void> {
  const { latent, sample } = loaded.manifest
  if (sample.kind !== 'image') {
    throw new ConfigurationError({
      code: 'OUT_INVALID',
      message: `Points are drawn into one scatter plot, but --out ${out} is a folder.`,
      fix: 'Name a file, such as points.png.',
    })
  }
  await makeFolder(out)
  for await (const { from, samples } of generateBatches(generatorOf(loaded), latent, { count, seed })) {
    for (let index = 0; index < samples.shape[0]!; index++) {
      const name = `${String(from + index).padStart(6, '0')}.png`
      await writeFileAtomically(join(out, name), await imagePng(samples, index))
    }
  }
}

function generatorOf({ session, manifest }: LoadedGenerator): Generator {
  const { latent, sample } = manifest
  return async (vectors: NDArray) => (await session.run({ [latent.input]: vectors }))[sample.output]!
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
