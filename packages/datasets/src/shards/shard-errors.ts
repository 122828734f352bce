import { DataError } from '@gantry/core'

/** `imageColumn` as `--image-column`. */
export const flagOf = (option: string) => `'--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}'`

/** A column, extension or field that the files do not have. */
export function columnMissing(place: string, wanted: string, there: readonly string[], option: string): DataError {
  return new DataError({
    code: 'COLUMN_MISSING',
    message: `${place} has no ${wanted}, ${there.length > 0 ? `only ${there.join(', ')}` : 'and no other'}.`,
    fix: `Name the right one with the option '${option}', which is ${flagOf(option)} on the command line.`,
  })
}

/** A shard without a sample. */
export function shardEmpty(name: string, found: string): DataError {
  return new DataError({
    code: 'SHARD_EMPTY',
    message: `'${name}' holds no image: ${found}.`,
    fix: 'Leave the file out, or fetch it again.',
  })
}
