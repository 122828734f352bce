import { GantryError, type RunEvent, TrainingError } from '@gantry/core'
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
 * @throws TrainingError `ROLLBACKS_EXHAUSTED`
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
    const what = error.problem
    const failedAt = stepOf(error) ?? step
    const context = { options: config.options, known: optionsOf(config) }
    await tell({ type: 'verdict', step: failedAt, ...notFinite(failedAt, what, context) })
    if (config.onNan === 'stop') return undefined
    if (!mayRollBack) throw notHelped(what, config.options, error)
    const lowered = ratesTimes(FACTOR, config.options)
    const from = checkpoint === undefined ? 'from the start' : `from step ${step}`
    await tell({ type: 'rollback', step, message: `${what} The run goes on ${from}.`, options: lowered })
    return { ...config, options: { ...config.options, ...lowered } }
  } finally {
    await folder.close()
  }
}

function notHelped(what: string, options: RunConfig['options'], cause: unknown): TrainingError {
  const rates = Object.entries(ratesTimes(1, options)).map(([name, value]) => `${name} ${value}`)
  return new TrainingError({
    code: 'ROLLBACKS_EXHAUSTED',
    message: `${what} Halving the rates (now ${rates.join(', ')}) has not helped.`,
    fix: 'They are not the trouble, or far too high: start a new run with another loss, optimizer, normalization or gradientClipNorm.',
    cause,
  })
}

/** Errors may come from another copy of core. */
const stepOf = (error: GantryError) => (error as Partial<TrainingError>).step

/** Names of the options that a run of its variant can have. */
export function optionsOf({ variant }: Pick<RunConfig, 'variant'>): string[] {
  return Object.keys(findVariant(variant).schema.shape)
}
