import type { RunConfig } from '@gantry/training'
import { findVariant } from '@gantry/variants'
import { describeLowered } from './lower-rates.ts'
import { type OpenedRun, type OpenRunOptions, openRun } from './open-run.ts'
import { checkSameRun } from './resolve-config.ts'
import { checkSameData } from './run-data.ts'
import { RunFolder } from './run-folder.ts'
import { startFromOther } from './train-run.ts'
import { describeUnreached } from './unfinished-stages.ts'

export interface BeginRunOptions extends OpenRunOptions {
  /** Whether the run in the folder goes on; else the folder must be free. */
  readonly resume?: boolean
  /** Told what a person should know. */
  readonly onNote?: (text: string) => void
}

export interface BegunRun {
  readonly folder: RunFolder
  readonly run: OpenedRun
}

/**
 * Opens everything that a run needs, and its folder: a new one, or that of the run that goes on. Nothing is written before all of it
 * fits.
 *
 * @throws ConfigurationError `RUN_EXISTS`, `RUN_MISSING`, `RESUME_MISMATCH` and `DATA_CHANGED` when a run is to go on as
 * another, or with other data, `INIT_MISMATCH`; and what `openRun` throws
 *
 * @example
 * ```ts
 * const { folder, run } = await beginRun('runs/mine', config)
 * await trainRun(folder, run)
 * await run.dispose()
 * ```
 */
export async function beginRun(
  path: string,
  config: RunConfig,
  { resume = false, onNote = () => {}, ...options }: BeginRunOptions = {},
): Promise<BegunRun> {
  const run = await openRun(config, options)
  try {
    const resumed = resume ? await RunFolder.open(path) : undefined
    if (resumed) checkSameRun(findVariant(config.variant), resumed.config, config)
    if (resumed?.data) checkSameData(path, resumed.data, run.data)
    // Before the folder is made: a generator that does not fit leaves no run behind.
    // A run that cannot go on is left as it is.
    const checkpoint = await resumed?.checkpoints.newest()
    if (resumed && checkpoint === undefined) onNote('the run has no checkpoint: it begins anew')
    if (checkpoint === undefined) {
      const other = await startFromOther(run)
      if (other) onNote(`the generator starts from that of ${other.variant} in ${other.path}`)
    }
    const unreached = describeUnreached(run.stages, config.steps)
    if (unreached) onNote(unreached)
    const { report } = (await run.stages[0]!.open()).session
    const versions = { [report.engine]: report.version }
    const folder = resumed
      ? await resumed.reconfigure(config, run.data)
      : await RunFolder.create(path, { config, data: run.data, versions })
    const lowered = resumed && describeLowered(resumed.config.options, config.options)
    if (lowered) {
      onNote(lowered)
      await noteInLog(folder, lowered, checkpoint?.position.step ?? 0)
    }
    return { folder, run }
  } catch (error) {
    await run.dispose()
    throw error
  }
}

/** Whoever reads the run's log later is to know. */
async function noteInLog(folder: RunFolder, message: string, step: number): Promise<void> {
  try {
    await folder.append({ type: 'warning', step, message })
  } finally {
    await folder.close()
  }
}
