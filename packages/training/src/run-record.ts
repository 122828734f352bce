import type { RunEvent } from '@gantry/core'
import type { Artefact } from '@gantry/modalities'
import type { Checkpoint, StoredCheckpoint } from './checkpoint.ts'

/** A checkpoint that could not be read, and was taken out of the way. */
export interface DamagedCheckpoint {
  readonly path: string
  readonly message: string
}

export interface NewestCheckpoint {
  readonly checkpoint: StoredCheckpoint | undefined
  /** Newer ones that could not be read. */
  readonly damaged: readonly DamagedCheckpoint[]
}

/** What a run leaves behind: a folder on a disk, or a browser's memory. */
export interface RunRecord {
  /** Adds an event to the log; resolves once it is kept. */
  append(event: RunEvent): Promise<void>
  /** Keeps a picture or another artefact under a name without extension, such as `samples/000500`; resolves to where it is. */
  write(name: string, artefact: Artefact): Promise<string>
  /**
   * The newest checkpoint that can be read.
   *
   * @throws ModelFormatError `CHECKPOINTS_DAMAGED` when there are some but none can be read
   */
  newest(): Promise<NewestCheckpoint>
  /** Keeps a checkpoint, and of the earlier ones the newest `keep - 1`; resolves to where it is. */
  save(checkpoint: Checkpoint, keep: number): Promise<string>
  /** Told when no more will come, until the next `append`. */
  close?(): Promise<void>
}
