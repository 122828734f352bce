import { readFile } from 'node:fs/promises'
import { decodeSafetensors, encodeSafetensors, ModelFormatError, type State } from '@gantry/core'
import { storageError, writeFileAtomically } from '@gantry/files'
import { hashState } from './state-hash.ts'
import { gantryVersion } from './version.ts'

/**
 * Where a run stands. Batches and random draws are functions of seed and step, so this is all that a resumed run needs
 * to go on as if it had never stopped.
 */
export interface TrainingPosition {
  /** Steps finished: also the index of the present batch. */
  readonly step: number
  /** Phases of the present step that have run; more than 0 only when a run was interrupted within a step. */
  readonly phase: number
  /** Scalars that no `step` event has reported yet. */
  readonly scalars: Readonly<Record<string, number>>
}

export interface Checkpoint {
  readonly variant: string
  readonly dataset: string
  readonly seed: number
  readonly position: TrainingPosition
  readonly state: State
}

/** @throws StorageError; the file that stood there before is intact then. */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const { variant, dataset, seed, position, state } = checkpoint
  const metadata = {
    format: 'gantry-checkpoint',
    gantryVersion,
    variant,
    dataset,
    step: String(position.step),
    position: JSON.stringify({ seed, ...position }),
    sha256: hashState(state),
  }
  await writeFileAtomically(path, encodeSafetensors({ tensors: state, metadata }))
}

/**
 * Reads a checkpoint, and proves by its hash that it is what was written.
 *
 * @throws ModelFormatError `SAFETENSORS_TRUNCATED`, `SAFETENSORS_INVALID`, `CHECKPOINT_FOREIGN` for arrays that Gantry did
 * not write, `CHECKPOINT_DAMAGED` when the bytes changed since; StorageError for a file that cannot be read.
 */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const bytes = await readFile(path).catch((cause) => {
    throw storageError('read', path, cause)
  })
  const { tensors, metadata } = decodeSafetensors(bytes, path)
  const { format, variant, dataset, position: positionText, sha256 } = metadata
  if (format !== 'gantry-checkpoint' || variant === undefined || dataset === undefined || positionText === undefined) {
    throw new ModelFormatError({
      code: 'CHECKPOINT_FOREIGN',
      message: `${path} holds arrays but is no checkpoint of a Gantry run: its metadata lacks the run's position.`,
    })
  }
  if (hashState(tensors) !== sha256) {
    throw new ModelFormatError({
      code: 'CHECKPOINT_DAMAGED',
      message: `${path} is damaged: its arrays do not have the hash ${sha256} that was written with them.`,
    })
  }
  const { seed, ...position } = JSON.parse(positionText)
  return { variant, dataset, seed, position, state: tensors }
}
