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

/** The images of a folder, decoded as they are needed; `onSkip` is told paths relative to it. */
export function folderSource(
  root: string,
  images: readonly FolderImage[],
  options: Omit<DecodedSourceOptions, 'unusable'>,
): SampleSource {
  const labels = folderLabels(images.map(({ path }) => path))
  const encoded = {
    size: images.length,
    ...(labels && {
      columns: {
        label: labelColumn(
          labels.names,
          images.map(({ path }) => labels.labelOf(path)),
        ),
      },
    }),
    nameOf: (index: number) => images[index]!.path,
    load: (index: number) => join(root, images[index]!.path),
    signatureOf: (index: number) => `${images[index]!.path} ${images[index]!.bytes}`,
  }
  return decodedSource(encoded, { ...options, unusable: 'FOLDER_UNUSABLE' })
}
