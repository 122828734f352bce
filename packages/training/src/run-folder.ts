import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { ConfigurationError } from '@gantry/core'
import { storageError, writeFileAtomically } from '@gantry/files'
import { CheckpointStore } from './checkpoint-store.ts'
import { makeFolder } from './make-folder.ts'
import { parseConfig } from './parse-config.ts'
import { type RunConfig, runConfigSchema } from './run-config.ts'
import { stepName } from './step-name.ts'
import { gantryVersion } from './version.ts'

/**
 * A run on disk: `config.json`, `events.jsonl`, `samples/STEP.png`, `checkpoints/STEP.safetensors`, `generator.onnx`.
 *
 * @example
 * ```ts
 * const run = await RunFolder.create('runs/first', config)
 * run.samplePath(500) // 'runs/first/samples/000500.png'
 * ```
 */
export class RunFolder {
  readonly path: string
  readonly config: RunConfig
  readonly checkpoints: CheckpointStore

  private constructor(path: string, config: RunConfig) {
    this.path = path
    this.config = config
    this.checkpoints = new CheckpointStore(join(path, 'checkpoints'))
  }

  /**
   * Starts a run in a folder that does not exist yet, or is empty.
   *
   * @param versions of engines and libraries, recorded in `config.json` beside Gantry's and Node's
   * @throws ConfigurationError `RUN_EXISTS`, StorageError
   */
  static async create(
    path: string,
    config: RunConfig,
    versions: Readonly<Record<string, string>> = {},
  ): Promise<RunFolder> {
    await RunFolder.requireFree(path)
    const run = new RunFolder(path, config)
    for (const folder of ['samples', 'checkpoints']) {
      await makeFolder(join(path, folder))
    }
    await run.#writeConfig({ gantry: gantryVersion, node: process.versions.node, ...versions })
    return run
  }

  /**
   * Asks before long preparations what {@link create} will ask.
   *
   * @throws ConfigurationError `RUN_EXISTS`
   */
  static async requireFree(path: string): Promise<void> {
    if ((await contents(path)).length === 0) return
    throw new ConfigurationError({
      code: 'RUN_EXISTS',
      message: `${path} exists and is not empty.`,
      fix: "Continue the run in it with '--resume', or choose another folder with '--out'.",
    })
  }

  /** @throws ConfigurationError `RUN_MISSING` when there is no run, `RUN_INVALID` when its `config.json` cannot be read. */
  static async open(path: string): Promise<RunFolder> {
    const { versions: _, ...config } = await readConfigFile(path)
    return new RunFolder(path, parseConfig(runConfigSchema, config, join(path, 'config.json')))
  }

  /** True when the folder holds a run, of whatever version. */
  static async isRun(path: string): Promise<boolean> {
    return (await contents(path)).includes('config.json')
  }

  /** The same run with other values for what may change from one attempt to the next, such as more steps. */
  async reconfigure(config: RunConfig): Promise<RunFolder> {
    const { versions } = await readConfigFile(this.path)
    const run = new RunFolder(this.path, config)
    await run.#writeConfig(versions ?? {})
    return run
  }

  /** Name of the run: its folder's. */
  get name(): string {
    return basename(this.path)
  }

  get eventsPath(): string {
    return join(this.path, 'events.jsonl')
  }

  get generatorPath(): string {
    return join(this.path, 'generator.onnx')
  }

  samplePath(step: number): string {
    return join(this.path, 'samples', `${stepName(step)}.png`)
  }

  async #writeConfig(versions: Readonly<Record<string, string>>): Promise<void> {
    const text = JSON.stringify({ ...this.config, versions }, null, 2)
    await writeFileAtomically(join(this.path, 'config.json'), `${text}\n`)
  }
}

async function readConfigFile(path: string): Promise<Record<string, unknown> & { versions?: Record<string, string> }> {
  const file = join(path, 'config.json')
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new ConfigurationError({
        code: 'RUN_MISSING',
        message: `${path} holds no run: there is no ${file}.`,
        cause,
      })
    }
    if (cause instanceof SyntaxError) {
      throw new ConfigurationError({ code: 'RUN_INVALID', message: `${file} is not JSON: ${cause.message}.`, cause })
    }
    throw storageError('read', file, cause)
  }
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
