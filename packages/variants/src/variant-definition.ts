import type { BoundField, NDArray } from '@gantry/core'
import type { z } from 'zod'
import type { GanModel } from './gan-model.ts'
import type { Preset } from './presets.ts'

/** A paper that a variant follows. */
export interface PaperReference {
  readonly authors: string
  readonly title: string
  readonly year: number
  readonly url: string
}

/** Something that a variant needs of the data. */
export interface Slot {
  /** Modalities of fields that can stand here. */
  readonly modalities: readonly string[]
  /** Whether it may stay empty. */
  readonly optional?: true
  /** Values of options with which nothing is done with what stands here. */
  readonly unusedWith?: Readonly<Record<string, unknown>>
}

/** Weights of a network that somebody else has trained, as their user has brought them. */
export interface BroughtWeights {
  /** By the names that their authors give them. */
  readonly tensors: ReadonlyMap<string, NDArray>
  /** Of the file, hexadecimal: models with frozen weights are known by it. */
  readonly sha256: string
}

export interface BuildRequest<Options> {
  readonly options: Options
  /** Fields of the data by slot, as `bindFields` chooses them. */
  readonly fields: Readonly<Record<string, BoundField>>
  readonly batchSize: number
  /** Draws the initial weights. */
  readonly seed: number
  /**
   * Whether gradients are gathered in the state and every update is a phase of its own, so that replicas can average them in between
   * (`Phase.gathers`).
   */
  readonly split?: boolean
  /** Those that {@link VariantDefinition.weights} names. */
  readonly weights?: Readonly<Record<string, BroughtWeights>>
}

/** One part of a training run: a model that trains for some steps before the next takes over. */
export interface StagePlan {
  /** `8x8`, `pretrain`, `game` … */
  readonly name: string
  /** Steps that it trains for; without, all that are left. */
  readonly steps?: number
  /** Makes its model. State of the same name, shape and dtype as in the stage before is carried over. */
  build(): GanModel
  /** Whether this state begins anew although the stage before had it, such as the moments of an optimizer. */
  startsAnew?(state: string): boolean
}

/** What a variant takes over from another run. */
interface StartsFrom {
  /** Parts of the other run's model: `generator`, `discriminator`. */
  readonly parts: readonly string[]
  /** Options that must be as they are there, and are where nobody says otherwise. */
  readonly options: readonly string[]
}

/** A kind of GAN: what it is called, what can be set, and how it is built. It contains no loop. */
export interface VariantDefinition<Schema extends z.ZodObject = z.ZodObject> {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly paper: PaperReference
  /** What it needs of the data, by slot. */
  readonly needs: Readonly<Record<string, Slot>>
  /** Options with their defaults, limits and descriptions. */
  readonly schema: Schema
  /** Named choices of options; of one name there may be one for each of several data sets. */
  readonly presets: readonly Preset<z.infer<Schema>>[]
  /** For what goes on with the networks of another run: without one it cannot begin. */
  readonly startsFrom?: StartsFrom
  /** Names of the weights that must be brought for these options, such as those of a perceptual network. */
  weights?(options: z.infer<Schema>): readonly string[]
  /** @throws ConfigurationError `FIELD_MISSING`; `SIZE_IMPOSSIBLE` for samples that the networks cannot make. */
  build(request: BuildRequest<z.infer<Schema>>): GanModel
  /** Where training has several stages: each of them, in order. `build` makes the model of the last. */
  stages?(request: BuildRequest<z.infer<Schema>>): readonly StagePlan[]
}

/**
 * Infers the options' type of a definition from its schema, and lets its models tell what they were built from: `train` refuses
 * one that is not its configuration's.
 */
export function defineVariant<Schema extends z.ZodObject>(
  definition: VariantDefinition<Schema>,
): VariantDefinition<Schema> {
  const { name, build, stages } = definition
  const telling = (model: GanModel, { options, batchSize, seed }: BuildRequest<z.infer<Schema>>): GanModel => ({
    ...model,
    builtFrom: { variant: name, options, batchSize, seed },
  })
  return {
    ...definition,
    build: (request) => telling(build(request), request),
    ...(stages && {
      stages: (request) => stages(request).map((plan) => ({ ...plan, build: () => telling(plan.build(), request) })),
    }),
  }
}
