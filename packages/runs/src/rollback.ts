import { GantryError, type RunEvent, TrainingError } from '@gantry/core'
import { notFinite } from '@gantry/diagnosis'
import type { RunConfig } from '@gantry/training'
import { findVariant } from '@gantry/variants'
import { readEvents } from './event-log.ts'
import { ratesTimes } from './lower-rates.ts'
import type { OpenedRun } from './open-run.ts'
import type { RunFolder } from './run-folder.ts'

const CODES = ['LOSS_NOT_FINITE', 'STATE_NOT_FINITE']
const FACTOR = 1 / 2

/** Steps after which a lower rate has had its chance. */
const SOON = 10

interface AfterFailure {
  readonly mayRollBack: boolean
  readonly onEvent?: (event: RunEvent) => void
}

/**
 * What becomes of a run whose numbers are not finite: a verdict, and where its configuration asks for it another one to go on with,
 * from the newest checkpoint.
 *
 * @returns undefined where the failure is of another kind
 * @throws TrainingError that of a run that is to stop; `ROLLBACKS_EXHAUSTED`
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
    if (config.onNan === 'stop') throw error
    if (!mayRollBack) throw notHelped(what, config.options, error)
    const lowered = ratesTimes(FACTOR, config.options)
    const from = checkpoint === undefined ? 'from the start' : `from step ${step}`
    await tell({ type: 'rollback', step, message: `${what} The run goes on ${from}.`, options: lowered })
    return { ...config, options: { ...config.options, ...lowered } }
  } finally {
    await folder.close()
  }
}

/**
 * The error that ends a run whose numbers are not finite, with what to do; others as they are.
 *
 * @throws nothing: where the folder cannot be read, the error counts that was there before
 */
export async function withAdvice(error: unknown, folder: RunFolder, { config }: OpenedRun): Promise<unknown> {
  if (!(GantryError.isInstance(error) && CODES.includes(error.code)) || config.onNan !== 'stop') return error
  try {
    const checkpoint = await folder.checkpoints.newest()
    const step = checkpoint?.position.step ?? 0
    const soon = await hasFailedSoon(folder, step, stepOf(error) ?? step)
    return stopped(error, error.problem, await adviceFor(folder, checkpoint?.path, soon))
  } catch {
    return error
  }
}

/** Whether this attempt went on from the newest checkpoint, and did not come far: then its weights may be bad already. */
async function hasFailedSoon({ eventsPath }: RunFolder, step: number, failedAt: number): Promise<boolean> {
  const start = (await readEvents(eventsPath)).findLast(({ type }) => type === 'start')
  return start?.step === step && failedAt - step <= SOON
}

/** What a person can do about it, by what the run has to go on from. */
async function adviceFor({ checkpoints }: RunFolder, newest: string | undefined, soon: boolean): Promise<string> {
  const lower = "at a lower rate ('--resume --set learningRate=…')"
  const bySelf = "let the run do so by itself ('--on-nan rollback')"
  if (newest === undefined) return `There is no checkpoint yet: begin anew ${lower}, or ${bySelf}.`
  if (!soon) return `Go on from the newest checkpoint, ${newest}, ${lower}, or ${bySelf}.`
  const older = (await checkpoints.list()).filter((path) => path !== newest).at(-1)
  const bad = `The run had just gone on from ${newest}, whose weights may have gone bad already. If going on ${lower} does not help,`
  const anew = "start a new run with another '--out'"
  return older === undefined
    ? `${bad} ${anew}: there is no older checkpoint.`
    : `${bad} remove that file, to go on from ${older}, or ${anew}.`
}

function stopped(cause: GantryError, what: string, fix: string): TrainingError {
  return new TrainingError({ code: cause.code, step: stepOf(cause) ?? 0, message: what, fix, cause })
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
