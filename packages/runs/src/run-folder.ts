import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ConfigurationError, type RunEvent } from '@gantry/core'
import { makeFolder, storageError, suggestedPath, writeFileAtomically } from '@gantry/files'
import type { Artefact } from '@gantry/modalities'
import {
  type Checkpoint,
  type DamagedCheckpoint,
  type NewestCheckpoint,
  parseConfig,
  type RunConfig,
  type RunRecord,
  runConfigSchema,
  stepName,
} from '@gantry/training'
import { CheckpointStore } from './checkpoint-store.ts'
import { EventLog } from './event-log.ts'
import { originOf } from './imports/importable.ts'
import { type RunData, runDataSchema } from './run-data.ts'
import { CONFIG_VERSION, upgradeConfig } from './upgrade-config.ts'
import { gantryVersion } from './version.ts'

export interface NewRun {
  readonly config: RunConfig
  /** What the run knows of its data. */
  readonly data?: RunData
  /** Of engines and libraries, recorded beside Gantry's and Node's. */
  readonly versions?: Readonly<Record<string, string>>
}

/**
 * A run on disk: `config.json`, `events.jsonl`, `samples/STEP.png`, `checkpoints/STEP.safetensors`, `generator.onnx`.
 *
 * @example
 * ```ts
 * const run = await RunFolder.create('runs/first', { config })
 * await train({ model, session, dataset, record: run, config })
 * ```
 */
export class RunFolder implements RunRecord {
  readonly path: string
  readonly config: RunConfig
  /** Absent in runs that were begun before runs knew their data. */
  readonly data: RunData | undefined
  readonly checkpoints: CheckpointStore
  readonly #versions: Readonly<Record<string, string>>
  #log: EventLog | undefined

  private constructor(path: string, { config, data, versions = {} }: NewRun) {
    this.path = path
    this.config = config
    this.data = data
    this.#versions = versions
    this.checkpoints = new CheckpointStore(join(path, 'checkpoints'))
  }

  /**
   * Starts a run in a folder that does not exist yet, or is empty.
   *
   * @throws ConfigurationError `RUN_EXISTS`, StorageError
   */
  static async create(path: string, { versions, ...rest }: NewRun): Promise<RunFolder> {
    await RunFolder.requireFree(path)
    const run = new RunFolder(path, {
      ...rest,
      versions: { gantry: gantryVersion, node: process.versions.node, ...versions },
    })
    for (const folder of ['samples', 'checkpoints']) await makeFolder(join(path, folder))
    await run.#writeConfig()
    return run
  }

  /**
   * Asks before long preparations what {@link create} will ask.
   *
   * @throws ConfigurationError `RUN_EXISTS`
   */
  static async requireFree(path: string): Promise<void> {
    if ((await contents(path)).length === 0) return
    const isRun = await RunFolder.isRun(path)
    throw new ConfigurationError({
      code: 'RUN_EXISTS',
      message: isRun ? `${path} exists and is not empty.` : `${path} exists and is no run.`,
      fix: `${isRun ? "Continue the run in it with '--resume', or choose" : 'Choose'} another folder with '--out'.`,
    })
  }

  /**
   * Opens a run of any version.
   *
   * @throws ConfigurationError `RUN_MISSING` when there is no run, `RUN_INVALID` when its `config.json` cannot be read,
   * `RUN_TOO_NEW` when a later Gantry wrote it.
   */
  static async open(path: string): Promise<RunFolder> {
    const file = join(path, 'config.json')
    const { versions = {}, data, dataset, ...settings } = upgradeConfig(await readConfigFile(path), file)
    const config = parseConfig(runConfigSchema, { ...settings, data }, file)
    return new RunFolder(path, {
      config,
      versions: versions as Record<string, string>,
      ...(dataset !== undefined && { data: parseConfig(runDataSchema, dataset, `${file}, 'dataset'`) as RunData }),
    })
  }

  /** True when the folder holds a run, of whatever version. */
  static async isRun(path: string): Promise<boolean> {
    return (await contents(path)).includes('config.json')
  }

  /** The same run with other values for what may change from one attempt to the next, such as more steps. */
  async reconfigure(config: RunConfig, data = this.data): Promise<RunFolder> {
    const run = new RunFolder(this.path, { config, versions: this.#versions, ...(data && { data }) })
    await run.#writeConfig()
    return run
  }

  /** Name of the run: its folder's. */
  get name(): string {
    return basename(this.path)
  }

  /** Whose networks it began with, where others had trained them: `ffhq.pkl of stylegan2-ada-pytorch`. */
  get origin(): string | undefined {
    return originOf(this.#versions)
  }

  get eventsPath(): string {
    return join(this.path, 'events.jsonl')
  }

  /** Where a function is exported to: what a model shows first is what is sampled and evaluated by the run's name. */
  exportPath(name: string, shown: readonly string[]): string {
    return name === shown[0] ? this.generatorPath : join(this.path, `${name}.onnx`)
  }

  get generatorPath(): string {
    return join(this.path, 'generator.onnx')
  }

  /** Where the grid of a step lies. */
  samplePath(step: number, extension = 'png'): string {
    return join(this.path, 'samples', `${stepName(step)}.${extension}`)
  }

  async append(event: RunEvent): Promise<void> {
    this.#log ??= await EventLog.open(this.eventsPath)
    await this.#log.append(event)
  }

  async write(name: string, { extension, bytes }: Artefact): Promise<string> {
    const path = join(this.path, `${name}.${extension}`)
    await makeFolder(dirname(path))
    await writeFileAtomically(path, bytes)
    return path
  }

  async newest(): Promise<NewestCheckpoint> {
    const unread: DamagedCheckpoint[] = []
    const checkpoint = await this.checkpoints.newest((path, { message }) => unread.push({ path, message }))
    const damaged: DamagedCheckpoint[] = []
    for (const { path, message } of unread) {
      // Out of the way of later ones, without deleting it.
      damaged.push({ path: await this.checkpoints.setAside(path), message })
    }
    return { checkpoint, damaged }
  }

  save(checkpoint: Checkpoint, keep: number): Promise<string> {
    return this.checkpoints.save(checkpoint, keep)
  }

  async close(): Promise<void> {
    const log = this.#log
    this.#log = undefined
    await log?.close()
  }

  async #writeConfig(): Promise<void> {
    const { config, data } = this
    const content = {
      configVersion: CONFIG_VERSION,
      ...config,
      ...(data && { dataset: data }),
      versions: this.#versions,
    }
    await writeFileAtomically(join(this.path, 'config.json'), `${JSON.stringify(content, null, 2)}\n`)
  }
}

async function readConfigFile(path: string): Promise<Record<string, unknown>> {
  const file = join(path, 'config.json')
  try {
    const content = JSON.parse(await readFile(file, 'utf8'))
    if (typeof content === 'object' && content !== null) return content
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new ConfigurationError({
        code: 'RUN_MISSING',
        message: `${path} holds no run: there is no ${file}.`,
        fix: suggestedPath(path) ?? "Name the folder that '--out' named when it was trained.",
        cause,
      })
    }
    if (cause instanceof SyntaxError) {
      throw new ConfigurationError({ code: 'RUN_INVALID', message: `${file} is not JSON: ${cause.message}.`, cause })
    }
    throw storageError('read', file, cause)
  }
  throw new ConfigurationError({ code: 'RUN_INVALID', message: `${file} is not an object with keys.` })
}

async function contents(path: string): Promise<string[]> {
  try {
    return await readdir(path)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') return []
    if (code === 'ENOTDIR') return [basename(path)]
    throw storageError('read', path, cause)
  }
}
