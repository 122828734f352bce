import type { RunEvent } from '@gantry/core'
import type { Artefact } from '@gantry/modalities'
import type { Checkpoint, StoredCheckpoint } from './checkpoint.ts'
import type { NewestCheckpoint, RunRecord } from './run-record.ts'
import { stepName } from './step-name.ts'

/**
 * A run in memory: for browsers, and for runs that nobody keeps.
 *
 * @example
 * ```ts
 * const record = new MemoryRecord()
 * await train({ model, session, dataset, record, config })
 * record.artefacts.get('samples/000500.png')
 * ```
 */
export class MemoryRecord implements RunRecord {
  readonly events: RunEvent[] = []
  readonly artefacts = new Map<string, Artefact>()
  #checkpoints: StoredCheckpoint[] = []

  /** Those that are kept, oldest first. */
  get checkpoints(): readonly StoredCheckpoint[] {
    return this.#checkpoints
  }

  async append(event: RunEvent): Promise<void> {
    this.events.push(event)
  }

  async write(name: string, artefact: Artefact): Promise<string> {
    const path = `${name}.${artefact.extension}`
    this.artefacts.set(path, artefact)
    return path
  }

  async newest(): Promise<NewestCheckpoint> {
    return { checkpoint: this.#checkpoints.at(-1), damaged: [] }
  }

  async save(checkpoint: Checkpoint, keep: number): Promise<string> {
    const path = `checkpoints/${stepName(checkpoint.position.step)}`
    const others = this.#checkpoints.filter((each) => each.path !== path)
    this.#checkpoints = [...others, { ...checkpoint, path }].slice(-keep)
    return path
  }
}
