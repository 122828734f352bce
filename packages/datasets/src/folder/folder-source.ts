import { join } from 'node:path'
import { labelColumn } from '../columns.ts'
import { type DecodedSourceOptions, decodedSource } from '../images/decoded-source.ts'
import type { SampleSource } from '../sample-source.ts'
import { folderLabels } from './folder-labels.ts'

/** One image of a folder. */
export interface FolderImage {
  /** Relative to the folder, with forward slashes. */
  readonly path: string
  /** Length in bytes. */
  readonly bytes: number
}

/**
 * The images of a folder, decoded as they are needed; `onSkip` is told paths relative to it.
 *
 * @param options `classesIn`: the folder, up to its slash, whose sub-folders are classes; the root by default
 */
export function folderSource(
  root: string,
  images: readonly FolderImage[],
  { classesIn = '', ...options }: Omit<DecodedSourceOptions, 'unusable'> & { readonly classesIn?: string },
): SampleSource {
  const classPath = ({ path }: FolderImage) => path.slice(classesIn.length)
  const labels = folderLabels(images.map(classPath))
  const encoded = {
    size: images.length,
    ...(labels && {
      columns: {
        label: labelColumn(
          labels.names,
          images.map((image) => labels.labelOf(classPath(image))),
        ),
      },
    }),
    nameOf: (index: number) => images[index]!.path,
    load: (index: number) => join(root, images[index]!.path),
    signatureOf: (index: number) => `${images[index]!.path} ${images[index]!.bytes}`,
  }
  return decodedSource(encoded, { ...options, unusable: 'FOLDER_UNUSABLE' })
}
