import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { RunFolder } from '@gantry/runs/config'
import { type DatasetInspection, inspectDataset } from './inspect-dataset.ts'
import { inspectFile } from './inspect-file.ts'
import { inspectRun } from './inspect-run.ts'
import type { Inspection } from './inspection.ts'

/** A run, a model of TF.js, or what lies in the folder as a data set: shards of one kind, else images. */
export async function inspectFolder(path: string, options: DatasetInspection): Promise<Inspection> {
  if (await RunFolder.isRun(path)) return inspectRun(path)
  const model = join(path, 'model.json')
  if (existsSync(model)) return inspectFile(model, options)
  const names = await readdir(path, { recursive: true })
  const kinds = { parquet: /\.parquet$/i, webdataset: /\.(tar|tgz|tar\.gz)$/i }
  const found = Object.entries(kinds).find(([, extension]) => names.some((name) => extension.test(name)))
  return inspectDataset(`${found?.[0] ?? 'folder'}:${path}`, options)
}
