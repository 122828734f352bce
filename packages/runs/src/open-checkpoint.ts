import { ConfigurationError, type State } from '@gantry/core'
import { openDataset } from '@gantry/datasets'
import { checkFrozen, type RunConfig } from '@gantry/training'
import { bindFields, findVariant } from '@gantry/variants'
import { findEngine } from './engines/registry.ts'
import type { ExportableRun } from './export-run.ts'
import { buildRequest, type OpenedModel, openModel } from './open-stages.ts'
import { boundFieldsOf, describeData, type RunData } from './run-data.ts'
import type { RunFolder } from './run-folder.ts'
import { prepareTensorflow } from './tensorflow.ts'

/** The functions of a run, as its newest checkpoint has them. */
export interface OpenedCheckpoint extends ExportableRun {
  readonly state: State
  readonly step: number
  readonly data: RunData
  dispose(): Promise<void>
}

/**
 * Opens a run's newest checkpoint that can be read, for its functions. Needs neither its data nor its phases: the run's folder knows
 * its fields. (Runs that were begun before it did are opened with their data.)
 *
 * @param onNote told what a person should know, such as a checkpoint that is damaged
 * @throws ConfigurationError `CHECKPOINT_MISSING`; ModelFormatError `FROZEN_MISMATCH`
 */
export async function openCheckpoint(
  folder: RunFolder,
  onNote: (text: string) => void = () => {},
): Promise<OpenedCheckpoint> {
  const checkpoint = await folder.checkpoints.newest((_, { message }) => onNote(`${message} Taking the one before it.`))
  if (checkpoint === undefined) {
    throw new ConfigurationError({
      code: 'CHECKPOINT_MISSING',
      message: `${folder.path} has no checkpoint yet.`,
      fix: "Continue the run with 'gantry train … --resume'.",
    })
  }
  const { stage, position, frozen } = checkpoint
  const data = folder.data ?? (await dataOf(folder.config))
  const opened = await openFunctions(folder.config, data, stage)
  const { model, session } = opened
  const dispose = async () => {
    await session.dispose()
    model.dispose()
  }
  try {
    checkFrozen(checkpoint, model.frozen ?? {})
    const brought = frozen === undefined ? {} : await session.readState(Object.keys(frozen))
    const state = { ...brought, ...checkpoint.state }
    await session.writeState(state)
    return { ...opened, config: folder.config, data, state, step: position.step, dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}

/** A run's model with its functions alone, on a device that every machine has. */
async function openFunctions(config: RunConfig, data: RunData, stage: string | undefined): Promise<OpenedModel> {
  await prepareTensorflow()
  const variant = findVariant(config.variant)
  const request = await buildRequest(config, boundFieldsOf(data))
  const plan = variant.stages?.(request).find(({ name }) => name === stage)
  const engine = findEngine(config.engine)
  return openModel(
    () => ({ ...(plan?.build() ?? variant.build(request)), phases: [] }),
    (model) => engine.prepare(model, engine.portableDevice),
  )
}

/** What a run of an earlier version knew of its data: nothing, so that they are opened once more. */
async function dataOf(config: RunConfig): Promise<RunData> {
  const dataset = await openDataset(config.data, config.dataOptions)
  try {
    return describeData(dataset, bindFields(findVariant(config.variant), dataset.fields, config.bind))
  } finally {
    await dataset.dispose?.()
  }
}
