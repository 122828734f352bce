import type { BoundField } from '@gantry/core'
import { type OpenedStage, parseConfig, type RunConfig, type Stage } from '@gantry/training'
import { type BuildRequest, findVariant, type GanModel } from '@gantry/variants'
import type { Engine } from './engines/engine.ts'
import { prepareTensorflow } from './tensorflow.ts'
import { broughtWeights } from './weights/brought-weights.ts'

/** A model with the session that trains or evaluates it. */
export interface OpenedModel extends OpenedStage {
  readonly model: GanModel
}

/** One of a run's stages, which is built and prepared when it is opened, once. */
export interface ModelStage extends Stage {
  open(): Promise<OpenedModel>
}

/** All options of a run's variant: those that it has got since the run began are at their defaults. */
export function variantOptions(config: RunConfig): Record<string, unknown> {
  const { name, schema } = findVariant(config.variant)
  return parseConfig(schema, config.options, `The variant '${name}'`)
}

/**
 * What a variant is built for by a run's configuration.
 *
 * @throws ConfigurationError `WEIGHTS_MISSING` where it needs weights that nobody has brought
 */
export async function buildRequest(
  config: RunConfig,
  fields: Readonly<Record<string, BoundField>>,
): Promise<BuildRequest<Record<string, unknown>>> {
  const variant = findVariant(config.variant)
  const options = variantOptions(config)
  const names = variant.weights?.(options) ?? []
  const weights = names.length > 0 && (await broughtWeights(`The variant '${variant.name}'`, names))
  return { options, fields, batchSize: config.batchSize, seed: config.seed, ...(weights && { weights }) }
}

/**
 * The stages of a run's variant; one without a name for variants that have none. Nothing is built before a stage is opened.
 *
 * @param engine what prepares the models
 * @param threads of the engine; default: one a core
 */
export async function openStages(
  config: RunConfig,
  fields: Readonly<Record<string, BoundField>>,
  engine: Engine,
  threads?: number,
): Promise<{ readonly stages: readonly ModelStage[]; readonly named: boolean }> {
  await prepareTensorflow()
  const variant = findVariant(config.variant)
  const request = await buildRequest(config, fields)
  const plans = variant.stages?.(request)
  const prepare = (model: GanModel) => engine.prepare(model, config.device, threads)
  if (plans === undefined) {
    return { stages: [stageOf({ name: '', build: () => variant.build(request) }, prepare)], named: false }
  }
  return { stages: plans.map((plan) => stageOf(plan, prepare)), named: true }
}

function stageOf(
  plan: Pick<Stage, 'name' | 'steps' | 'startsAnew'> & { build(): GanModel },
  prepare: (model: GanModel) => Promise<OpenedStage['session']>,
): ModelStage {
  let opening: Promise<OpenedModel> | undefined
  const { name, steps, build, startsAnew } = plan
  return {
    name,
    ...(steps !== undefined && { steps }),
    ...(startsAnew && { startsAnew }),
    open: () => {
      opening ??= openModel(build, prepare)
      return opening
    },
    close: async () => {
      const opened = await opening?.catch(() => undefined)
      opening = undefined
      await opened?.session.dispose().finally(() => opened.model.dispose())
    },
  }
}

/** Builds a model and prepares its session, and says how long that took; nothing of it stays where that fails. */
export async function openModel(
  build: () => GanModel,
  prepare: (model: GanModel) => Promise<OpenedStage['session']>,
): Promise<OpenedModel> {
  const begun = performance.now()
  const model = build()
  try {
    const session = await prepare(model)
    return { model, session, secondsToPrepare: (performance.now() - begun) / 1000 }
  } catch (error) {
    model.dispose()
    throw error
  }
}
