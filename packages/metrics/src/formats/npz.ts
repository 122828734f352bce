import { DataError, type NDArray } from '@gantry/core'
import { unzipSync, zipSync } from 'fflate'
import { decodeNpy, encodeNpy } from './npy.ts'

const SUFFIX = '.npy'

/**
 * Reads numpy's `.npz`, a zip of `.npy` files, compressed or not.
 *
 * @param names the arrays to read; all of them by default
 * @throws DataError `NPZ_INVALID`, `NPZ_ARRAY_MISSING`, and those of {@link decodeNpy}
 */
export function decodeNpz(
  file: Uint8Array,
  { owner = 'The file', names }: { readonly owner?: string; readonly names?: readonly string[] } = {},
): Record<string, NDArray> {
  const seen: string[] = []
  let entries: Record<string, Uint8Array>
  try {
    entries = unzipSync(file, {
      filter: ({ name }) => {
        if (!name.endsWith(SUFFIX)) return false
        seen.push(name.slice(0, -SUFFIX.length))
        return names === undefined || names.includes(name.slice(0, -SUFFIX.length))
      },
    })
  } catch (cause) {
    throw new DataError({
      code: 'NPZ_INVALID',
      message: `${owner} is not an .npz file: ${cause instanceof Error ? cause.message : cause}.`,
      cause,
    })
  }
  for (const name of names ?? []) {
    if (seen.includes(name)) continue
    throw new DataError({
      code: 'NPZ_ARRAY_MISSING',
      message: `${owner} has no array '${name}', only: ${seen.join(', ') || 'none'}.`,
    })
  }
  return Object.fromEntries(
    Object.entries(entries).map(([name, bytes]) => {
      const array = name.slice(0, -SUFFIX.length)
      return [array, decodeNpy(bytes, `${owner}: '${array}'`)]
    }),
  )
}

/** Writes numpy's `.npz`. Equal arrays make equal bytes: the zip carries no time. */
export function encodeNpz(
  arrays: Readonly<Record<string, NDArray>>,
  { compress = false }: { readonly compress?: boolean } = {},
): Uint8Array {
  const entries = Object.entries(arrays).map(([name, array]) => [`${name}${SUFFIX}`, encodeNpy(array)] as const)
  return zipSync(Object.fromEntries(entries), { level: compress ? 6 : 0, mtime: new Date(1980, 0, 1) })
}
