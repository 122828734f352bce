import { existsSync, statSync } from 'node:fs'
import { ConfigurationError } from '@gantry/core'
import { RunFolder } from '@gantry/training'
import { inspectDataset } from '../inspect-dataset.ts'
import { inspectModel } from '../inspect-model.ts'
import { inspectRun } from '../inspect-run.ts'
import type { Inspection } from '../inspection.ts'
import { type OutputFlags, present } from '../output.ts'

export interface InspectFlags extends OutputFlags {
  readonly out?: string
}

/** `gantry inspect`: a run folder, else a file, else the name of a data set. */
export async function inspect(target: string, flags: InspectFlags): Promise<void> {
  const { result, lines } = await inspectTarget(target, flags)
  present(flags, result, lines)
}

async function inspectTarget(target: string, { out }: InspectFlags): Promise<Inspection> {
  const present = existsSync(target)
  if (present && statSync(target).isFile()) return inspectModel(target)
  if (present && (await RunFolder.isRun(target))) return inspectRun(target)
  if (present && !target.includes(':')) {
    throw new ConfigurationError({
      code: 'TARGET_UNKNOWN',
      message: `The folder ${target} is not a run: it has no config.json.`,
      fix: `To inspect its images, name it 'folder:${target}'.`,
    })
  }
  return inspectDataset(target, out)
}
