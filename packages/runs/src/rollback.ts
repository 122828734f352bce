import { GantryError, type RunEvent } from '@gantry/core'
import { notFinite } from '@gantry/diagnosis'
import type { RunConfig } from '@gantry/training'
import { findVariant } from '@gantry/variants'
import { ratesTimes } from './lower-rates.ts'
import type { OpenedRun } from './open-run.ts'
import type { RunFolder } from './run-folder.ts'

const CODES = ['LOSS_NOT_FINITE', 'STATE_NOT_FINITE']
const FACTOR = 1 / 2

interface AfterFailure {
  readonly mayRollBack: boolean
  readonly onEvent?: (event: RunEvent) => void
}

/**
 * What becomes of a run whose numbers are not finite: a verdict, and where its configuration asks for it another one to go on with,
 * from the newest checkpoint.
 *
 * @returns undefined where the failure is to end the run
 */
export async function afterNotFinite(
  error: unknown,
  folder: RunFolder,
  { config }: OpenedRun,
  { mayRollBack, onEvent }: AfterFailure,
): Promise<RunConfig | undefined> {
  if (!(GantryError.isInstance(error) && CODES.includes(error.code))) return undefined
  const tell = async (event: RunEvent) => {
    await folder.append(event)
    onEvent?.(event)
  }
  try {
    const checkpoint = await folder.checkpoints.newest()
    const step = checkpoint?.position.step ?? 0
    const what = error.fix === undefined ? error.message : error.message.replace(error.fix, '').trim()
    await tell({
      type: 'verdict',
      step,
      ...notFinite(step, what, { options: config.options, known: optionsOf(config) }),
    })
    if (config.onNan === 'stop' || !mayRollBack) return undefined
    const lowered = ratesTimes(FACTOR, config.options)
    const from = checkpoint === undefined ? 'from the start' : `from step ${step}`
    await tell({ type: 'rollback', step, message: `${what} The run goes on ${from}.`, options: lowered })
    return { ...config, options: { ...config.options, ...lowered } }
  } finally {
    await folder.close()
  }
}

/** Names of the options that a run of its variant can have. */
export function optionsOf({ variant }: Pick<RunConfig, 'variant'>): string[] {
  return Object.keys(findVariant(variant).schema.shape)
}
