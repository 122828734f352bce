import { readFile } from 'node:fs/promises'
import { decodeSafetensors, encodeSafetensors, ModelFormatError } from '@gantry/core'
import { storageError, writeFileAtomically } from '@gantry/files'
import { CHECKPOINT_VERSION, type Checkpoint } from '@gantry/training'
import { hashState } from './state-hash.ts'
import { upgradedParts } from './upgrade-checkpoint.ts'
import { gantryVersion } from './version.ts'

/** @throws StorageError; the file that stood there before is intact then. */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const { variant, dataset, seed, position, stage, state, frozen, parts } = checkpoint
  const metadata = {
    format: 'gantry-checkpoint',
    checkpointVersion: String(CHECKPOINT_VERSION),
    gantryVersion,
    variant,
    dataset,
    step: String(position.step),
    position: JSON.stringify({ seed, ...position }),
    ...(stage !== undefined && { stage }),
    ...(frozen && { frozen: JSON.stringify(frozen) }),
    ...(parts && { parts: JSON.stringify(parts) }),
    sha256: hashState(state),
  }
  await writeFileAtomically(path, encodeSafetensors({ tensors: state, metadata }))
}

/**
 * Reads a checkpoint of any version, and proves by its hash that it is what was written.
 *
 * @throws ModelFormatError `SAFETENSORS_TRUNCATED`, `SAFETENSORS_INVALID`, `CHECKPOINT_FOREIGN` for arrays that Gantry did
 * not write, `CHECKPOINT_TOO_NEW`, `CHECKPOINT_DAMAGED` when the bytes changed since; StorageError for a file that cannot be read.
 */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const bytes = await readFile(path).catch((cause) => {
    throw storageError('read', path, cause)
  })
  const { tensors, metadata } = decodeSafetensors(bytes, path)
  const { format, checkpointVersion = '1', variant, dataset, stage, position: text, frozen, parts, sha256 } = metadata
  if (format !== 'gantry-checkpoint' || variant === undefined || dataset === undefined || text === undefined) {
    throw new ModelFormatError({
      code: 'CHECKPOINT_FOREIGN',
      message: `${path} holds arrays but is no checkpoint of a Gantry run: its metadata lacks the run's position.`,
    })
  }
  if (Number(checkpointVersion) > CHECKPOINT_VERSION) {
    throw new ModelFormatError({
      code: 'CHECKPOINT_TOO_NEW',
      message: `${path} is a checkpoint of version ${checkpointVersion}, but this Gantry knows versions 1 to ${CHECKPOINT_VERSION}.`,
      fix: 'Use a newer Gantry.',
    })
  }
  if (hashState(tensors) !== sha256) {
    throw new ModelFormatError({
      code: 'CHECKPOINT_DAMAGED',
      message: `${path} is damaged: its arrays do not have the hash ${sha256} that was written with them.`,
    })
  }
  const { seed, ...position } = JSON.parse(text)
  const ownParts = parts === undefined ? upgradedParts(tensors) : JSON.parse(parts)
  return {
    variant,
    dataset,
    seed,
    position,
    ...(stage !== undefined && { stage }),
    state: tensors,
    ...(frozen !== undefined && { frozen: JSON.parse(frozen) }),
    ...(ownParts !== undefined && { parts: ownParts }),
  }
}
