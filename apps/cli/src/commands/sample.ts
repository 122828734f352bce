import { basename } from 'node:path'
import { ConfigurationError, counted, describeProgress, type Ports } from '@gantry/core'
import type { LoadedGenerator } from '@gantry/runs/generators'
import { Command } from 'commander'
import { interruptible } from '../interrupt.ts'
import { assignmentsOf, type InputFlags, requireAtLeast, wholeNumber } from '../options.ts'
import { note, type OutputFlags, present } from '../output.ts'
import { createWorkProgress } from '../work-progress.ts'

interface SampleFlags extends OutputFlags, InputFlags {
  readonly count?: number
  readonly seed: number
  readonly out: string
  readonly label?: string
  readonly rows?: string
  readonly describe?: string
  readonly tile?: number
  readonly overlap?: number
  readonly edit?: readonly string[]
  readonly layers?: string
}

export function sampleCommand(): Command {
  return new Command('sample')
    .argument('<run|model.onnx>')
    .description('generate samples with an exported generator; what nobody gives is drawn')
    .option(
      '--count <number>',
      'number of samples (default: 64; as many as a folder that is given; 1 where all were the same)',
      wholeNumber,
    )
    .option('--seed <number>', 'the same seed gives the same samples', wholeNumber, 0)
    .option(
      '--label <name|number>',
      'class of the samples, for conditional generators, also as name:1 or index:0; all in turn by default',
    )
    .option('--input <name=value...>', 'an input of the function: label=7, image=photo.png, image=folder/')
    .option('--set <name=number...>', 'a number that the function takes, such as truncation=0.7')
    .option('--rows <input>', 'a row of samples for each class of an input: --rows label')
    .option('--describe <ports.json>', 'what the inputs and outputs of a foreign model are')
    .option('--edit <direction:steps...>', "along a direction that 'gantry directions' has found: 3:+2")
    .option('--layers <first-last>', 'of the styles that are edited (default: all)')
    .option('--tile <pixels>', 'make large images tile by tile, in little memory', wholeNumber)
    .option('--overlap <pixels>', 'what tiles share (default: an eighth of them)', wholeNumber)
    .option('--out <file|folder/>', 'one file with all samples, or a folder with a file each', 'grid.png')
    .action(sample)
}

/** `gantry sample`: what a function makes, as one file or as a folder of them. */
async function sample(target: string, flags: SampleFlags): Promise<void> {
  const { seed, out } = flags
  requireAtLeast(1, '--count', flags.count)
  const { readInputs, rowsBy, usualCount, writeSamples } = await import('@gantry/runs/generators')
  const loaded = await load(target, flags)
  try {
    const { manifest, path } = loaded
    if (flags.tile !== undefined) return await sampleTiles(loaded, flags, flags.tile)
    const given = await readInputs(manifest.inputs, assignments(loaded, flags), { ...manifest, onNote: note })
    const files = given.each?.names.length
    const taken = [...Object.keys(given.asked), ...(given.each?.inputs ?? [])]
    const rows = flags.rows === undefined ? undefined : rowsBy(manifest.inputs, flags.rows, flags.count ?? files)
    const asked = { ...given.asked, ...rows?.asked }
    if (Object.keys(rows?.asked ?? {}).some((name) => taken.includes(name))) throw rowsAndValue(flags.rows!)
    const count = rows?.count ?? flags.count ?? files ?? usualCount(manifest.inputs, asked)
    if (files !== undefined && files !== count) {
      throw new ConfigurationError({
        code: 'OPTIONS_CONFLICT',
        message: `--count asks for ${counted(count, 'sample')}, but the folder that is given has ${counted(files, 'file')}.`,
        fix: 'Leave --count out.',
      })
    }
    const { files: read } = given
    const layout = { ...(given.each && { each: given.each }), ...(rows && { columns: rows.columns }) }
    await writeSamples(loaded, { count, seed, out, asked, files: read, onNote: note, ...layout })
    const { variant, dataset, trainingStep, origin, outputs } = manifest
    const shown = Object.values(outputs)[0]!.modality
    present(
      flags,
      { out, count, seed, model: path, shown, variant, dataset, trainingStep, ...(origin && { origin }) },
      [
        `${counted(count, 'sample')} of ${variant} on ${dataset} (${describeProgress(manifest)}, seed ${seed}) in ${out}`,
      ],
    )
  } finally {
    await loaded.dispose()
  }
}

/** The generator, with the edits that are asked for. */
async function load(target: string, { describe, edit, layers }: SampleFlags): Promise<LoadedGenerator> {
  const library = await import('@gantry/runs/generators')
  const edits = edit?.map(library.parseEdit)
  const loaded = await library.loadGenerator(target, { onNote: note, ...(describe !== undefined && { describe }) })
  if (edits === undefined) return loaded
  const range = layers === undefined ? undefined : library.parseLayers(layers)
  return library.editedGenerator(loaded, { edits, layers: range }, { onNote: note }).catch(async (error) => {
    await loaded.dispose()
    throw error
  })
}

/** Images of images, tile by tile. */
async function sampleTiles(loaded: LoadedGenerator, flags: SampleFlags, tile: number): Promise<void> {
  const { tileInputs } = await import('@gantry/runs/generators')
  const { seed, out, overlap } = flags
  const progress = await createWorkProgress()
  const count = await interruptible(
    (signal) =>
      tileInputs(loaded, {
        ...{ seed, out, tile, signal, assignments: assignments(loaded, flags), onNote: note },
        ...(overlap !== undefined && { overlap }),
        onProgress: (done, total, file) => progress.report(done, total, `tiles of ${basename(file)}`),
      }),
    'Stopping after this tile.',
  ).finally(progress.stop)
  present(flags, { out, count, seed, model: loaded.path }, [`${counted(count, 'image')} in ${out}`])
}

function rowsAndValue(rows: string): ConfigurationError {
  return new ConfigurationError({
    code: 'OPTIONS_CONFLICT',
    message: `--rows ${rows} asks for every class in turn, but a class is given, too.`,
    fix: 'Leave one of them out.',
  })
}

/** `--label` is short for `--input`, too. */
function assignments({ manifest }: LoadedGenerator, flags: SampleFlags): string[] {
  const { label } = flags
  if (label !== undefined && labelOf(manifest.inputs) === undefined) {
    throw new ConfigurationError({
      code: 'LABEL_UNSUPPORTED',
      message: `--label asks for '${label}', but this generator (${manifest.variant}) takes no labels.`,
      fix: "Leave it out, or train a conditional variant such as 'cgan'.",
    })
  }
  return [...assignmentsOf(flags), ...(label === undefined ? [] : [`${labelOf(manifest.inputs)}=${label}`])]
}

function labelOf(ports: Ports): string | undefined {
  return Object.entries(ports).find(([, { modality }]) => modality === 'label')?.[0]
}
