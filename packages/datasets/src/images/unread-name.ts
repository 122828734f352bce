import { extname } from 'node:path'
import { isImageName } from './image.ts'

/** Pictures that are not decoded: another file format, or one with pages, sizes or layers of its own. */
const PICTURES =
  /^\.(gif|bmp|dib|tiff?|avif|hei[cf]|jxl|jp2|j2k|jfif|jpe|svg|ico|tga|psd|xcf|exr|hdr|p[bgnp]m|dds|cr2|nef|dng|raw)$/

/** What may hold pictures, but is not looked into where it lies among them. */
const CONTAINERS =
  /^\.(zip|7z|rar|tar|tgz|tbz2?|txz|tzst|gz|bz2|xz|zst|lz4|parquet|arrow|feather|npz|npy|h5|hdf5|mat|tfrecords?|lmdb|mdb|beton)$/

/**
 * Why a file among images is none that is read, by its name; undefined for images, and for what no one would take for one: notes,
 * lists of labels, scripts.
 */
export function unreadReason(name: string): string | undefined {
  const extension = extname(name).toLowerCase()
  if (isImageName(name)) return undefined
  if (PICTURES.test(extension)) return `is a ${extension} file, not PNG, JPEG or WebP`
  return CONTAINERS.test(extension) ? `is a ${extension} file, which is not looked into` : undefined
}
