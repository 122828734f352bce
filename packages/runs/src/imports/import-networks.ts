import { basename } from 'node:path'
import { findNamed, imageField, labelField } from '@gantry/core'
import type { RunConfig } from '@gantry/training'
import { type AuthorsPlan, findVariant, planOfAuthors, stateOfAuthors } from '@gantry/variants'
import { exportOpened, type GeneratorExport } from '../export-run.ts'
import { openFunctions } from '../open-checkpoint.ts'
import { resolveConfig } from '../resolve-config.ts'
import type { RunData } from '../run-data.ts'
import { RunFolder } from '../run-folder.ts'
import { newRunPath } from '../settings/run-path.ts'
import { readAuthorsFile } from './read-authors-file.ts'

export interface ImportRequest {
  /** Of whose networks the file is: `stylegan2`. */
  readonly variant: string
  readonly file: string
  /** Folder of the run that comes of it; default: `runs/stylegan2-DATASET`. */
  readonly out?: string
}

/** A run that was made of other people's networks. */
export interface ImportedNetworks {
  readonly folder: RunFolder
  readonly shape: AuthorsPlan['shape']
  readonly classes?: number
  /** Options that the weights and their settings ask for. */
  readonly options: AuthorsPlan['options']
  readonly judges: boolean
  /** The generator, its mapping and its synthesis. */
  readonly exports: readonly GeneratorExport[]
  /** What differs from what the authors compute, for a person. */
  readonly notes: readonly string[]
}

/** Variants that networks can be imported for, and whose. */
const importable = [{ name: 'stylegan2', authors: 'stylegan2-ada-pytorch' }]

const FUNCTIONS = ['generate', 'mapping', 'synthesis']
const STEPS = { step: 0, phase: 0, scalars: {} }
const BATCH = 64

/**
 * Makes a run of networks that others have trained: its folder, a checkpoint before the first step, and the generator exported with both
 * of its halves. What is done with runs is done with it: sampling, walking, projecting, starting another from its generator.
 *
 * Nothing in the file is run, and nothing written before all of it fits.
 *
 * @throws ConfigurationError `VARIANT_UNKNOWN`, `RUN_EXISTS`; ModelFormatError `NETWORK_FOREIGN`, `NETWORK_INCOMPLETE`,
 * `NETWORK_UNSUPPORTED`, and those of `readAuthorsFile`; StorageError
 *
 * @example
 * ```ts
 * const { folder } = await importNetworks({ variant: 'stylegan2', file: 'ffhq.pkl', out: 'runs/ffhq' })
 * ```
 */
export async function importNetworks({ variant, file, out: asked }: ImportRequest): Promise<ImportedNetworks> {
  const { name, authors } = findNamed(importable, variant, {
    code: 'VARIANT_UNKNOWN',
    message: `Nobody's networks can be imported as '${variant}'.`,
  })
  if (asked !== undefined) await RunFolder.requireFree(asked)
  const { networks, dataset = 'unknown', sha256 } = await readAuthorsFile(file)
  const out = asked ?? newRunPath(name, dataset)
  const plan = planOfAuthors(networks)
  const { shape, classes, options, judges, notes } = plan
  const data = dataOf(plan, dataset)
  const group = options.minibatchStandardDeviation || 1
  const batchSize = BATCH % group === 0 ? BATCH : 2 * group
  const config = resolveConfig(findVariant(name), { run: { data: dataset, batchSize }, options })
  const opened = await openFunctions(config, data)
  const { model, session } = opened
  try {
    const fresh = await session.readState()
    const used = judges ? networks : { ...networks, discriminator: undefined }
    const state = { ...fresh, ...stateOfAuthors(used, model.parts!, fresh) }
    await session.writeState(state)
    const versions = { [authors]: `${basename(file)} (sha256 ${sha256})` }
    const folder = await RunFolder.create(out, { config, data, versions })
    await folder.save(checkpointOf(config, dataset, state, model.parts!), 1)
    const exports: GeneratorExport[] = []
    for (const functionName of FUNCTIONS) {
      const path = folder.exportPath(functionName, model.shown)
      const request = { state, step: 0, weights: 'ema', path, functionName } as const
      exports.push(await exportOpened({ ...opened, config, data }, request))
    }
    return { folder, shape, ...(classes !== undefined && { classes }), options, judges, exports, notes }
  } finally {
    await session.dispose()
    model.dispose()
  }
}

function checkpointOf(
  { variant, seed }: RunConfig,
  dataset: string,
  state: Parameters<RunFolder['save']>[0]['state'],
  parts: NonNullable<Parameters<RunFolder['save']>[0]['parts']>,
) {
  return { variant, dataset, seed, position: STEPS, state, parts }
}

/** What is known of data that nobody has: images of this shape, and so many classes. */
function dataOf({ shape, classes }: AuthorsPlan, name: string): RunData {
  const names = classes === undefined ? undefined : Array.from({ length: classes }, (_, index) => String(index))
  return {
    ...{ name, size: 0 },
    fields: { image: imageField(shape), ...(names && { label: labelField(names) }) },
    binding: { samples: 'image', ...(names && { labels: 'label' }) },
  }
}
