import { type OpenDatasetOptions, type OpenedDataset, openDataset } from '@gantry/datasets'
import type { RunConfig } from '@gantry/training'
import { bindFields, findVariant } from '@gantry/variants'
import { findEngine } from './engines/registry.ts'
import { type ModelStage, openStages, variantOptions } from './open-stages.ts'
import { describeData, type RunData } from './run-data.ts'
import { openValidation } from './validation-data.ts'

/** Everything that a run's configuration names, opened. */
export interface OpenedRun {
  readonly config: RunConfig
  readonly dataset: OpenedDataset
  /** What grids and scores are of, where that is not what the run is trained on. */
  readonly validation?: OpenedDataset
  /** What the run knows of its data. */
  readonly data: RunData
  /** Models are built and prepared when their stage is opened. */
  readonly stages: readonly ModelStage[]
  /** Whether the variant has stages; one that has none is a stage without a name. */
  readonly staged: boolean
  /** The same data and engine with other options. What was opened before is closed; the data stay the first's. */
  reopen(config: RunConfig): Promise<OpenedRun>
  dispose(): Promise<void>
}

export interface OpenRunOptions extends Pick<OpenDatasetOptions, 'strict' | 'signal' | 'onProgress'> {
  /** Threads of the engine; default: one a core. Sums over threads are in another order, so that the last bits differ. */
  readonly threads?: number
}

/**
 * Opens the data of a run, binds its fields to what the variant needs, and makes its stages ready to be opened.
 *
 * @throws ConfigurationError, DataError, UnsupportedError: whatever the configuration names and cannot be had
 *
 * @example
 * ```ts
 * const run = await openRun(resolveConfig(findVariant('dcgan'), { run: { data: 'mnist' }, options: {} }))
 * const folder = await RunFolder.create('runs/mine', run)
 * await trainRun(folder, run)
 * ```
 */
export async function openRun(config: RunConfig, { threads, ...options }: OpenRunOptions = {}): Promise<OpenedRun> {
  const variant = findVariant(config.variant)
  const engine = findEngine(config.engine, config.device)
  const dataset = await openDataset(config.data, { ...options, ...config.dataOptions })
  let validation: OpenedDataset | undefined
  const closeData = async () => {
    await dataset.dispose?.()
    await validation?.dispose?.()
  }
  try {
    const fields = bindFields(variant, dataset.fields, config.bind)
    validation = await openValidation(config, fields, options)
    const open = async (given: RunConfig): Promise<OpenedRun> => {
      const own = { ...given, options: variantOptions(given) }
      const { stages, named } = await openStages(own, fields, engine, threads)
      // What can be told of the options is told before anything else happens.
      await stages[0]!.open()
      const close = async () => {
        for (const stage of stages) await stage.close()
      }
      return {
        config: own,
        dataset,
        ...(validation && { validation }),
        data: describeData(dataset, fields),
        stages,
        staged: named,
        reopen: async (next) => {
          await close()
          return open(next)
        },
        dispose: () => close().finally(closeData),
      }
    }
    return await open(config)
  } catch (error) {
    await closeData()
    throw error
  }
}
