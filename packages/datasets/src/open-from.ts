import type { DatasetDefinition, OpenDatasetOptions } from './dataset-definition.ts'
import { type FoundDataset, findDataset } from './find-dataset.ts'
import { checkOpenOptions, contentOptions, understoodOf } from './open-options.ts'
import type { OpenedDataset } from './opened-dataset.ts'

/** Opens one of these data sets by its name, and before it those that it is made of. */
export async function openFrom(
  definitions: readonly DatasetDefinition[],
  name: string,
  options: OpenDatasetOptions,
): Promise<OpenedDataset> {
  options.signal?.throwIfAborted()
  const found = findDataset(name, definitions)
  checkOpenOptions(found, options)
  return { ...(await openFound(found, options)), options: contentOptions(options) }
}

async function openFound(found: FoundDataset, options: OpenDatasetOptions): Promise<OpenedDataset> {
  const { definition, parameter, parts } = found
  const opened: OpenedDataset[] = []
  try {
    // One after the other: the progress is that of one data set.
    for (const part of parts) opened.push(await openFound(part, options))
    return await definition.open(understoodOf(found, options), parameter, opened)
  } catch (error) {
    await Promise.allSettled(opened.map((part) => part.dispose?.()))
    throw error
  }
}
