import { existsSync } from 'node:fs'
import { copyFile, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { findNamed, ModelFormatError } from '@gantry/core'
import { cacheFolder, makeFolder, storageError } from '@gantry/files'
import { type KnownWeights, knownWeights, type NetworkWeights, sha256, weightsFor } from '@gantry/metrics'

/** Where weights of this name are kept, of whatever format: the content tells. */
export function weightsPath(name: string): string {
  return join(cacheFolder('weights'), `${name}.weights`)
}

export function hasWeights(name: string): boolean {
  return existsSync(weightsPath(name))
}

/** @throws ConfigurationError `WEIGHTS_UNKNOWN` with the nearest name */
export function findWeights(name: string): KnownWeights {
  return findNamed(knownWeights, name, {
    code: 'WEIGHTS_UNKNOWN',
    message: `There are no weights '${name}' that Gantry knows.`,
  })
}

/**
 * Reads a file of weights and checks every tensor.
 *
 * @throws ModelFormatError `WEIGHTS_MISMATCH` (hash and tensors), `WEIGHTS_TRUNCATED`, `WEIGHTS_INVALID`, `PICKLE_UNSAFE`;
 * StorageError
 */
export async function readNetworkWeights({ name }: KnownWeights, path: string): Promise<NetworkWeights> {
  const file = await readFile(path).catch((cause) => {
    throw storageError('read', path, cause)
  })
  // A copy: tensors are views, and those of a Buffer may lie at odd places.
  const bytes = new Uint8Array(file)
  try {
    return weightsFor(name, bytes, await sha256(bytes))
  } catch (cause) {
    if (!ModelFormatError.isInstance(cause)) throw cause
    throw new ModelFormatError({ code: cause.code, message: `${path}: ${cause.message}`, cause })
  }
}

/** Copies checked weights to where they are looked for; what was there before stays until the copy is whole. */
export async function keepWeights(name: string, from: string): Promise<string> {
  const path = weightsPath(name)
  await makeFolder(cacheFolder('weights'))
  const temporary = `${path}.${process.pid}.tmp`
  try {
    await copyFile(from, temporary)
    await rename(temporary, path)
  } catch (cause) {
    await rm(temporary, { force: true })
    throw storageError('write', path, cause)
  }
  return path
}

/** What extractors can use, where it comes from, and whether it is here. */
export function listWeights() {
  return knownWeights.map(({ name, about, licence, files: [{ url, sha256, bytes = null }] }) => {
    return { name, about, licence, present: hasWeights(name), path: weightsPath(name), url, sha256, bytes }
  })
}
