import { readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import { ModelFormatError } from '@gantry/core'
import { storageError } from '@gantry/files'

/**
 * Reads the files that a model keeps weights in: those of its own folder, each once. A link that leads out of it is not followed.
 *
 * @param path that of the model
 */
export function filesBeside(path: string): (location: string) => Uint8Array {
  const folder = dirname(path)
  const contents = new Map<string, Uint8Array>()
  return (location) => {
    const bytes = contents.get(location) ?? read(folder, location)
    contents.set(location, bytes)
    return bytes
  }
}

function read(folder: string, location: string): Uint8Array {
  const path = join(folder, location)
  try {
    const within = relative(realpathSync(folder), realpathSync(path))
    if (isAbsolute(within) || within.split(sep)[0] === '..' || !statSync(path).isFile()) throw notBeside(location)
    return readFileSync(path)
  } catch (cause) {
    throw storageError('read', path, cause)
  }
}

function notBeside(location: string): ModelFormatError {
  return new ModelFormatError({
    code: 'EXTERNAL_LOCATION_INVALID',
    message: `It claims to keep its data in '${location}', which is no file of the model's own folder.`,
    fix: 'Nothing is read there. Put the file itself beside the model.',
  })
}
