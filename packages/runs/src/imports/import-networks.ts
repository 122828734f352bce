import { basename, extname } from 'node:path'
import { findNamed, ModelFormatError, type State } from '@gantry/core'
import type { RunConfig } from '@gantry/training'
import { type AuthorsNetworks, type AuthorsPlan, findVariant, planOfAuthors, stateOfAuthors } from '@gantry/variants'
import { exportOpened, type GeneratorExport } from '../export-run.ts'
import { openFunctions } from '../open-checkpoint.ts'
import type { OpenedModel } from '../open-stages.ts'
import { resolveConfig } from '../resolve-config.ts'
import { RunFolder } from '../run-folder.ts'
import { newRunPath } from '../settings/run-path.ts'
import { dataForPlan, type TrainingData, unknownData } from './data-for-plan.ts'
import { importable, recordOrigin } from './importable.ts'
import { readAuthorsFile } from './read-authors-file.ts'

export interface ImportRequest extends Partial<TrainingData> {
  /** Of whose networks the file is: `stylegan2`. */
  readonly variant: string
  readonly file: string
  /** Folder of the run that comes of it; default: `runs/stylegan2-DATASET`. */
  readonly out?: string
  /** Told after each part of the work: the networks that are read, and every function that is exported and compared. */
  readonly onProgress?: (done: number, total: number) => void
}

/** A run that was made of other people's networks. */
export interface ImportedNetworks {
  readonly folder: RunFolder
  readonly shape: AuthorsPlan['shape']
  readonly classes?: number
  /** Options that the weights and their settings ask for. */
  readonly options: AuthorsPlan['options']
  /** Whether the discriminator has come along. */
  readonly judges: boolean
  /** The generator, its mapping and its synthesis. */
  readonly exports: readonly GeneratorExport[]
  /** What differs from what the authors compute, for a person. */
  readonly notes: readonly string[]
}

const FUNCTIONS = ['generate', 'mapping', 'synthesis']
const BATCH = 64

/**
 * Makes a run of networks that others have trained: its folder, a checkpoint before the first step, and the generator exported with both
 * of its halves. What is done with runs is done with it: sampling, walking, projecting, starting another from its generator. With data of
 * its own it can be trained on, too.
 *
 * Nothing in the file is run, and nothing written before all of it fits.
 *
 * @throws ConfigurationError `VARIANT_UNKNOWN`, `RUN_EXISTS`, `DATA_MISMATCH`; ModelFormatError `NETWORK_FOREIGN`, `NETWORK_INCOMPLETE`,
 * `NETWORK_UNSUPPORTED`, and those of `readAuthorsFile`; StorageError
 *
 * @example
 * ```ts
 * const { folder } = await importNetworks({ variant: 'stylegan2', file: 'ffhq.pkl', out: 'runs/ffhq' })
 * ```
 */
export async function importNetworks(request: ImportRequest): Promise<ImportedNetworks> {
  const { file, data: given, dataOptions = {}, onProgress } = request
  const { name, authors } = findNamed(importable, request.variant, {
    code: 'VARIANT_UNKNOWN',
    message: `Nobody's networks can be imported as '${request.variant}'.`,
  })
  if (request.out !== undefined) await RunFolder.requireFree(request.out)
  const { networks, dataset, sha256 } = await readAuthorsFile(file)
  const plan = planOfAuthors(networks)
  const { shape, classes, options } = plan
  const variant = findVariant(name)
  const data =
    given === undefined ? unknownData(plan, dataset) : await dataForPlan(plan, variant, { data: given, dataOptions })
  const settings = { data: given ?? data.name, dataOptions, batchSize: batchFor(options) }
  const config = resolveConfig(variant, { run: settings, options })
  const opened = await openFunctions(config, data)
  try {
    const { state, judges, notes } = await takenState(networks, plan, opened)
    await opened.session.writeState(state)
    const out = request.out ?? newRunPath(name, given ?? dataset ?? basename(file, extname(file)))
    const versions = recordOrigin(authors, basename(file), sha256)
    const folder = await RunFolder.create(out, { config, data, versions })
    await folder.save(firstCheckpoint(config, data.name, state, opened), 1)
    const parts = 1 + FUNCTIONS.length
    onProgress?.(1, parts)
    const exports: GeneratorExport[] = []
    for (const functionName of FUNCTIONS) {
      const path = folder.exportPath(functionName, opened.model.shown)
      const asked = { state, step: 0, weights: 'ema', path, functionName } as const
      exports.push(await exportOpened({ ...opened, config, data, origin: folder.origin }, asked))
      onProgress?.(1 + exports.length, parts)
    }
    return { folder, shape, ...(classes !== undefined && { classes }), options, judges, exports, notes }
  } finally {
    await opened.session.dispose()
    opened.model.dispose()
  }
}

/** The model's own state with the authors' weights. A discriminator that does not fit does not keep the generator out. */
async function takenState(networks: AuthorsNetworks, plan: AuthorsPlan, { model, session }: OpenedModel) {
  const fresh = await session.readState()
  const taken = (own: AuthorsNetworks): State => ({ ...fresh, ...stateOfAuthors(own, model.parts!, fresh) })
  const { discriminator: _, ...generators } = networks
  if (!plan.judges) return { state: taken(generators), judges: false, notes: plan.notes }
  const state = taken(generators)
  try {
    return { state: taken(networks), judges: true, notes: plan.notes }
  } catch (error) {
    if (!ModelFormatError.isInstance(error)) throw error
    return { state, judges: false, notes: [...plan.notes, `the discriminator is left out: ${error.problem}`] }
  }
}

function firstCheckpoint({ variant, seed }: RunConfig, dataset: string, state: State, { model }: OpenedModel) {
  const position = { step: 0, phase: 0, scalars: {} }
  return { variant, dataset, seed, position, state, ...(model.parts && { parts: model.parts }) }
}

/** A batch that is made of whole groups. */
function batchFor({ minibatchStandardDeviation: group }: AuthorsPlan['options']): number {
  return !group || BATCH % group === 0 ? BATCH : 2 * group
}
