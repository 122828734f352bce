import { DataError, GantryError, type NDArray } from '@gantry/core'
import { unzipSync, zipSync } from 'fflate'
import { decodeNpy, encodeNpy } from './npy.ts'

const SUFFIX = '.npy'

/** What arrays may unpack to in any case, and how many times the file's size beyond that: a bomb would take all memory. */
const ALWAYS_FINE = 64 * 2 ** 20
const HIGHEST_RATIO = 100

/**
 * Reads numpy's `.npz`, a zip of `.npy` files, compressed or not.
 *
 * @param names the arrays to read; all of them by default
 * @throws DataError `NPZ_INVALID`, `NPZ_BOMB`, `NPZ_ARRAY_MISSING`, and those of {@link decodeNpy}
 */
export function decodeNpz(
  file: Uint8Array,
  { owner = 'The file', names }: { readonly owner?: string; readonly names?: readonly string[] } = {},
): Record<string, NDArray> {
  const seen: string[] = []
  let entries: Record<string, Uint8Array>
  let unpacked = 0
  try {
    entries = unzipSync(file, {
      filter: ({ name, originalSize }) => {
        if (!name.endsWith(SUFFIX)) return false
        const array = name.slice(0, -SUFFIX.length)
        seen.push(array)
        if (names !== undefined && !names.includes(array)) return false
        unpacked += originalSize
        if (unpacked > ALWAYS_FINE + HIGHEST_RATIO * file.length) throw bomb(owner, file.length, unpacked)
        return true
      },
    })
  } catch (cause) {
    if (GantryError.isInstance(cause)) throw cause
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

function bomb(owner: string, bytes: number, unpacked: number): DataError {
  return new DataError({
    code: 'NPZ_BOMB',
    message: `${owner} has ${bytes} bytes, but its arrays would unpack to ${unpacked} or more.`,
    fix: 'Fetch the file again; if you trust it, save it in Python with numpy.savez, which does not compress.',
  })
}

/** Writes numpy's `.npz`. Equal arrays make equal bytes: the zip carries no time. */
export function encodeNpz(
  arrays: Readonly<Record<string, NDArray>>,
  { compress = false }: { readonly compress?: boolean } = {},
): Uint8Array {
  const entries = Object.entries(arrays).map(([name, array]) => [`${name}${SUFFIX}`, encodeNpy(array)] as const)
  return zipSync(Object.fromEntries(entries), { level: compress ? 6 : 0, mtime: new Date(1980, 0, 1) })
}
