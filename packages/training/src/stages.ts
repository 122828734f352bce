import { ConfigurationError, type TrainingSession } from '@gantry/core'
import type { TrainedModel, TrainOptions } from './train-options.ts'

/** A model with the session that trains it. */
export interface OpenedStage {
  readonly model: TrainedModel
  readonly session: TrainingSession
  /** How long it took to build the model and to prepare its session, where somebody has looked. */
  readonly secondsToPrepare?: number
}

/**
 * A part of a run with a model of its own: a resolution of progressive growing, a pretraining. What has the same name, shape and
 * dtype as before is carried over from the stage before.
 */
export interface Stage {
  /** `8x8`, `pretrain` … unique in its run, and part of the names of its random streams. */
  readonly name: string
  /** How long it lasts; the last one takes what is left. */
  readonly steps?: number
  /** Whether a piece of state begins anew although the stage before had it, such as the slots of optimizers. */
  startsAnew?(state: string): boolean
  /** Builds the model and prepares its session. */
  open(): Promise<OpenedStage>
  /** Frees both. */
  close(): Promise<void>
}

/** A stage with the steps of the run that are its own. */
export interface StageSpan {
  readonly stage: Stage
  readonly first: number
  /** One past its last step. */
  readonly end: number
  /** Before the names of its random streams; nothing for models of one stage. */
  readonly streams: string
  /** Name of the stage before it. */
  readonly before?: string
}

/** The name of a stage as checkpoints carry it: none where a model has one stage. */
export function storedName({ stage, streams }: StageSpan): string | undefined {
  return streams === '' ? undefined : stage.name
}

/**
 * The stages of a run over its steps. A model of one stage is one that nobody names.
 *
 * @param position steps that are finished
 * @throws ConfigurationError `STAGES_INVALID` for stages without a length before the last, or with one name twice
 */
export function stageSpans(options: TrainOptions, position = 0): StageSpan[] {
  // A run that is to have fewer steps than it has is finished, in the stage that it has come to.
  const steps = Math.max(options.config.steps, position)
  if ('session' in options) {
    const { model, session } = options
    const stage: Stage = { name: '', open: async () => ({ model, session }), close: async () => {} }
    return [{ stage, first: 0, end: steps, streams: '' }]
  }
  const { stages } = options
  checkStages(stages)
  let first = 0
  return stages.flatMap((stage, index) => {
    const length = index === stages.length - 1 ? Number.POSITIVE_INFINITY : stage.steps!
    const before = stages[index - 1]?.name
    const place = { streams: `${stage.name}/`, ...(before !== undefined && { before }) }
    const span: StageSpan = { stage, first, end: Math.min(steps, first + length), ...place }
    first = span.end
    return span.first < span.end ? [span] : []
  })
}

function checkStages(stages: readonly Stage[]): void {
  const fail = (detail: string) =>
    new ConfigurationError({
      code: 'STAGES_INVALID',
      message: `The stages ${stages.map(({ name }) => `'${name}'`).join(', ')} cannot follow each other: ${detail}.`,
    })
  if (stages.length === 0) throw fail('there is none')
  if (new Set(stages.map(({ name }) => name)).size < stages.length) throw fail('two have one name')
  const endless = stages.slice(0, -1).find(({ steps }) => steps === undefined || steps < 1)
  if (endless !== undefined) throw fail(`'${endless.name}' is not the last and has no number of steps`)
}
