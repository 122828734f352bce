import { existsSync } from 'node:fs'
import { type OpenedDataset, openDataset } from '@gantry/datasets'
import { RunFolder } from '../run-folder.ts'

/**
 * Opens a data set, or a folder of images, as a run takes its data: images of its size and channels, unless the options say otherwise.
 *
 * @throws ConfigurationError `RUN_MISSING`, and what `openDataset` throws
 */
export async function openForRun(
  run: string,
  data: string,
  options: Readonly<Record<string, unknown>> = {},
): Promise<OpenedDataset> {
  const folder = await RunFolder.open(run)
  const name = !data.includes(':') && existsSync(data) ? `folder:${data}` : data
  // What is in a data set's own size needs no options, and may know none.
  if (!name.startsWith('folder:')) return openDataset(name, { ...options })
  const [height, , channels] = imageShapeOf(folder) ?? []
  const own = height === undefined ? {} : { size: height, channels: channels as 1 | 3 }
  return openDataset(name, { ...own, ...options })
}

function imageShapeOf({ data }: RunFolder): readonly number[] | undefined {
  return Object.values(data?.fields ?? {}).find(({ shape }) => shape.length === 3)?.shape
}
