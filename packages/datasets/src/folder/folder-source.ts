import { join } from 'node:path'
import { type DecodedSourceOptions, decodedSource } from '../images/decoded-source.ts'
import type { SampleSource } from '../sample-source.ts'
import { folderLabels } from './folder-labels.ts'

/** The images of a folder, decoded as they are needed; `onSkip` is told paths relative to it. */
export function folderSource(
  root: string,
  paths: readonly string[],
  options: Omit<DecodedSourceOptions, 'unusable'>,
): SampleSource {
  const labels = folderLabels(paths)
  const images = {
    size: paths.length,
    ...(labels && { labels: labels.names, labelOf: (index: number) => labels.labelOf(paths[index]!) }),
    nameOf: (index: number) => paths[index]!,
    load: (index: number) => join(root, paths[index]!),
  }
  return decodedSource(images, { ...options, unusable: 'FOLDER_UNUSABLE' })
}
