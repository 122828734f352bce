import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigurationError, counted } from '@gantry/core'
import {
  checkOutput,
  keepInputs,
  makeFolder,
  namesFolder,
  namesFolderForEach,
  writeFileAtomically,
  writeOutput,
} from '@gantry/files'
import { type Artefact, besideOf, partsOf, portsFromData } from '@gantry/modalities'
import { type Arrays, type GenerateOptions, generate, generateBatches, rowsOfEach } from '@gantry/training'
import { checkShownOutput } from './check-shown-output.ts'
import { type FolderInputs, groupsOf, loadAll } from './folder-inputs.ts'
import type { LoadedGenerator } from './load-generator.ts'
import { dataForInputs, realSamples } from './real-samples.ts'

export interface SampleRequest extends Omit<GenerateOptions, 'batchSize'> {
  /** A file with all samples, or a folder (ending in a slash, there already, or for `each` without an extension) with a file for each. */
  readonly out: string
  /** Inputs of which every sample has its own, read when their turn comes. There are as many samples as these. */
  readonly each?: FolderInputs
  /** Names of the files in a folder, without their extension; default: those of `each`, or their numbers. */
  readonly names?: readonly string[]
  /** Files that inputs were read from: what would replace one of them is refused. */
  readonly files?: readonly string[]
  /** Samples in a row of one picture of them all. */
  readonly columns?: number
  /** Told of older files that lie in the folder. */
  readonly onNote?: (text: string) => void
}

const ONE_FILE = 'Where --out is no folder that ends in /, it'

/**
 * Generates samples and writes them as their modality shows them. Inputs that take what the data have get it from those of the
 * generator's run.
 *
 * @throws ConfigurationError `OUT_INVALID` for a file of another kind than the samples are shown as, `OUT_IS_INPUT`; what `generate` throws;
 * StorageError
 *
 * @example
 * ```ts
 * await writeSamples(await loadGenerator('runs/mine'), { seed: 0, count: 64, out: 'grid.png' })
 * ```
 */
export async function writeSamples(
  generator: LoadedGenerator,
  { out, each, names = each?.names, files = [], columns, onNote = () => {}, ...request }: SampleRequest,
): Promise<void> {
  const intoFolder = each === undefined ? namesFolder(out) : namesFolderForEach(out)
  if (!intoFolder) {
    checkShownOutput(generator.manifest.outputs, out, ONE_FILE)
    keepInputs(files, [out])
  }
  const given = [...Object.keys(request.asked ?? {}), ...(each?.inputs ?? [])]
  const data = request.data ?? (await dataForInputs(generator, given, request))
  const options = { ...request, data }
  if (intoFolder)
    return writeFolder(generator, partsOfAll(options, each), out, { onNote, files, ...(names && { names }) })
  const { evaluate, manifest } = generator
  const asked = { ...options.asked, ...(each && (await loadAll(each))) }
  const { inputs, outputs } = await generate(evaluate, manifest.inputs, { ...options, asked })
  const isAnswer = options.count === 1 && Object.keys(portsFromData(manifest.inputs)).some((name) => asked[name])
  const artefact = await showAll(generator, { inputs, outputs, data, isAnswer }, columns)
  checkOutput(out, artefact.extension, ONE_FILE)
  await writeOutput(out, artefact.bytes)
}

interface Made {
  readonly inputs: Arrays
  readonly outputs: Arrays
  /** What inputs took from the data, and the other fields of the same elements. */
  readonly data: Arrays
  /** Whether it is one sample, made of what the user gives: a thing of its own, and no sheet to look at. */
  readonly isAnswer: boolean
}

/** The first thing that the function makes, of all samples; real ones lie beside it where the generator's run can be asked. */
async function showAll(
  { manifest, run }: LoadedGenerator,
  { inputs, outputs, data, isAnswer }: Made,
  columns: number | undefined,
): Promise<Artefact> {
  const [{ modality, parts } = nothingShown(manifest.variant)] = partsOf(manifest.outputs, outputs)
  if (modality.show === undefined) throw notShown(modality.name)
  if (isAnswer && modality.showOne !== undefined) return modality.showOne(parts, 0)
  const drawn = Object.keys(data).length === 0
  const real = drawn && run && modality.beside !== undefined ? await realSamples(run, modality.beside) : data
  const beside = besideOf(parts, { given: portsFromData(manifest.inputs), inputs, real })
  return modality.show(parts, beside, columns === undefined ? {} : { columns })
}

/** The samples in parts of which each has inputs of one shape. */
async function* partsOfAll(options: GenerateOptions, each: FolderInputs | undefined): AsyncGenerator<GenerateOptions> {
  if (each === undefined) return yield options
  for await (const { from, count, asked } of groupsOf(each)) {
    const data = rowsOfEach(options.data ?? {}, from, count)
    yield { ...options, first: from, count, data, asked: { ...options.asked, ...asked } }
  }
}

type FolderRequest = Pick<SampleRequest, 'names'> & Required<Pick<SampleRequest, 'files' | 'onNote'>>

async function writeFolder(
  { evaluate, manifest }: LoadedGenerator,
  parts: AsyncIterable<GenerateOptions>,
  out: string,
  { names, files, onNote }: FolderRequest,
): Promise<void> {
  // Before anything is made: what cannot be shown one by one has no folder.
  const [first] = Object.entries(manifest.outputs)
  const probe = partsOf(manifest.outputs, {})[0]
  if (probe?.modality.showOne === undefined) throw notOneByOne(first?.[1].modality ?? 'nothing', out)
  const { shownAs } = probe.modality
  if (shownAs !== undefined)
    keepInputs(
      files,
      (names ?? []).map((name) => join(out, `${name}.${shownAs}`)),
    )
  await makeFolder(out)
  const older = new Set((await readdir(out)).filter((name) => !name.startsWith('.')))
  const before = older.size
  for await (const options of parts) {
    const { first = 0 } = options
    for await (const { from, outputs } of generateBatches(evaluate, manifest.inputs, options)) {
      const [{ modality, parts: shown } = nothingShown(manifest.variant)] = partsOf(manifest.outputs, outputs)
      const count = Object.values(outputs)[0]?.shape[0] ?? 0
      for (let index = 0; index < count; index++) {
        const { extension, bytes } = await modality.showOne!(shown, index)
        const number = first + from + index
        const name = names?.[number] ?? String(number).padStart(6, '0')
        older.delete(`${name}.${extension}`)
        await writeFileAtomically(join(out, `${name}.${extension}`), bytes)
      }
    }
  }
  noteOlder(out, [...older], before - older.size, onNote)
}

/** Samples of an earlier call look like those of this one to whoever reads the folder next. */
function noteOlder(out: string, older: readonly string[], replaced: number, onNote: (text: string) => void): void {
  if (replaced > 0) onNote(`${counted(replaced, 'older file')} in ${out} ${replaced === 1 ? 'was' : 'were'} replaced.`)
  if (older.length === 0) return
  const first = older.slice(0, 3).join(', ')
  onNote(
    `${out} holds ${counted(older.length, 'older file')} beside the samples of this call: ${first}${older.length > 3 ? ' …' : ''}. Name a new folder to have these alone.`,
  )
}

function nothingShown(variant: string): never {
  throw new ConfigurationError({ code: 'OUTPUT_MISSING', message: `The function of ${variant} has no outputs.` })
}

function notShown(modality: string): ConfigurationError {
  return new ConfigurationError({
    code: 'MODALITY_UNSEEN',
    message: `The modality '${modality}' cannot be shown.`,
    fix: 'Read the numbers from the model itself.',
  })
}

function notOneByOne(modality: string, out: string): ConfigurationError {
  return new ConfigurationError({
    code: 'OUT_INVALID',
    message: `Samples of the modality '${modality}' are drawn into one picture, but --out ${out} is a folder.`,
    fix: 'Name a file, such as points.png.',
  })
}
