import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunConfigInput } from '@gantry/training'
import { tinyConfig } from '../../../training/src/testing/tiny-config.ts'
import { trainTiny as trainRecord } from '../../../training/src/testing/tiny-run.ts'
import { RunFolder } from '../run-folder.ts'

export { tinyConfig }

/** A folder of its own for every test. */
export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'gantry-runs-'))
}

type Changes = NonNullable<Parameters<typeof trainRecord>[2]>

/** Trains the tiny model in a new run folder, or goes on in one that is there. */
export function trainTiny(
  run: RunFolder,
  { config = run.config, ...changes }: Changes = {},
  shape?: readonly number[],
) {
  return trainRecord(run, config, changes, shape)
}

export async function newRun(changes: Partial<RunConfigInput> = {}): Promise<RunFolder> {
  return RunFolder.create(join(await temporaryFolder(), 'run'), { config: tinyConfig(changes) })
}
