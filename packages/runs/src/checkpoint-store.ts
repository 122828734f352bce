import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ModelFormatError } from '@gantry/core'
import { makeFolder, storageError, TEMPORARY_SUFFIX } from '@gantry/files'
import { type Checkpoint, type StoredCheckpoint, stepName } from '@gantry/training'
import { readCheckpoint, writeCheckpoint } from './checkpoint-file.ts'

const SUFFIX = '.safetensors'

/** The checkpoints of one run: `STEP.safetensors`, the newest few of them. */
export class CheckpointStore {
  readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  /** Paths, oldest first. */
  async list(): Promise<string[]> {
    const names = await this.#names()
    return names
      .filter((name) => /^\d+\.safetensors$/.test(name))
      .sort((left, right) => Number.parseInt(left, 10) - Number.parseInt(right, 10))
      .map((name) => join(this.folder, name))
  }

  /**
   * Writes a checkpoint, then removes all but the newest `keep`, and what killed processes left behind.
   *
   * @throws StorageError; earlier checkpoints are intact then.
   */
  async save(checkpoint: Checkpoint, keep: number): Promise<string> {
    const path = join(this.folder, `${stepName(checkpoint.position.step)}${SUFFIX}`)
    await makeFolder(this.folder)
    await writeCheckpoint(path, checkpoint)
    const outdated = (await this.list()).slice(0, -keep)
    const leftovers = (await this.#names()).filter((name) => name.endsWith(TEMPORARY_SUFFIX))
    const unwanted = [...outdated, ...leftovers.map((name) => join(this.folder, name))]
    await Promise.all(unwanted.map((each) => rm(each, { force: true })))
    return path
  }

  /**
   * The newest checkpoint that can be read, or undefined when there is none yet.
   *
   * @throws ModelFormatError `CHECKPOINTS_DAMAGED` when there are some but none can be read, `CHECKPOINT_TOO_NEW`.
   */
  async newest(
    onDamaged: (path: string, error: ModelFormatError) => void = () => {},
  ): Promise<StoredCheckpoint | undefined> {
    const paths = await this.list()
    let cause: unknown
    for (const path of paths.toReversed()) {
      try {
        return { path, ...(await readCheckpoint(path)) }
      } catch (error) {
        // One of a later version is whole: an older one in its place would undo what that Gantry trained.
        if (!(error instanceof ModelFormatError) || error.code === 'CHECKPOINT_TOO_NEW') throw error
        cause = error
        onDamaged(path, error)
      }
    }
    if (paths.length === 0) return undefined
    throw new ModelFormatError({
      code: 'CHECKPOINTS_DAMAGED',
      message: `None of the ${paths.length} checkpoints in ${this.folder} can be read.`,
      fix: "Start the run again with another '--out'.",
      cause,
    })
  }

  /** Takes a damaged file out of the way of later ones, without deleting it. */
  async setAside(path: string): Promise<string> {
    const aside = `${path}.damaged`
    await rename(path, aside).catch((cause) => {
      throw storageError('write', aside, cause)
    })
    return aside
  }

  async #names(): Promise<string[]> {
    return readdir(this.folder).catch((cause) => {
      // A folder that is gone has no checkpoint; a disk that is gone does not say so.
      if (cause.code === 'ENOENT') return []
      throw storageError('read', this.folder, cause)
    })
  }
}
