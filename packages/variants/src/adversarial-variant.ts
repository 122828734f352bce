import { z } from 'zod'
import type { ArchitectureRequest } from './architectures/architecture.ts'
import { findArchitecture } from './architectures/find-architecture.ts'
import { classesOf, fieldOf } from './bind-fields.ts'
import { adversarialGame } from './game/adversarial-game.ts'
import { checkOptions } from './game/check-options.ts'
import type { GameExtension } from './game/extension.ts'
import { type GameOptions, gameOptions } from './game/game-options.ts'
import type { GanModel } from './gan-model.ts'
import { averageNetwork } from './moving-average.ts'
import type { Preset } from './presets.ts'
import {
  type BuildRequest,
  defineVariant,
  type PaperReference,
  type Slot,
  type VariantDefinition,
} from './variant-definition.ts'

type Shape = typeof gameOptions.shape
type None = Record<never, never>

/** A game as its paper has it. */
export interface AdversarialVariant<Extra extends z.ZodRawShape = None, Fixed extends Partial<GameOptions> = None> {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly paper: PaperReference
  /** The field that the generator learns to imitate, and that of the labels which conditional games are given. */
  readonly needs: { readonly samples: Slot; readonly labels?: Slot }
  /** With labels: whether the discriminator is given them, too, or the generator alone. True by default. */
  readonly discriminatorSeesLabels?: boolean
  /** Defaults that differ from the common ones, each with its source in a comment. */
  readonly defaults?: Partial<GameOptions>
  /** Options that make the variant what it is: they cannot be set. */
  readonly fixed?: Fixed
  /** Options that only this variant has. */
  readonly extra?: Extra
  readonly presets?: readonly Preset<GameOptions>[]
  /** Further terms of the losses. */
  extend?(options: GameOptions & z.infer<z.ZodObject<Extra>>, request: BuildRequest<unknown>): GameExtension
}

/** The options of a variant: the common ones without what is fixed, and its own. */
export type AdversarialSchema<Extra extends z.ZodRawShape, Fixed> = z.ZodObject<Omit<Shape, keyof Fixed> & Extra>

/** The common schema with other defaults, and without what is fixed. */
function schemaOf(
  defaults: Partial<GameOptions>,
  fixed: Partial<GameOptions>,
  extra: z.ZodRawShape,
): z.ZodObject<z.ZodRawShape> {
  const fields: Record<string, z.ZodType> = {}
  for (const [name, field] of Object.entries<z.ZodType>(gameOptions.shape)) {
    const key = name as keyof Shape
    if (key in fixed) continue
    const value = defaults[key]
    if (value === undefined) {
      fields[name] = field
      continue
    }
    const inner = field instanceof z.ZodDefault || field instanceof z.ZodOptional ? field.unwrap() : field
    fields[name] = (inner as z.ZodType).default(value as never).describe(field.description ?? '')
  }
  return z.strictObject({ ...fields, ...extra })
}

/**
 * Defines a variant as a point in the space of all games: its options are the common ones, with the paper's defaults.
 *
 * @example
 * ```ts
 * export const lsgan = adversarialVariant({
 *   name: 'lsgan',
 *   title: 'LSGAN',
 *   description: 'least squares in place of cross-entropy',
 *   paper: {
 *     authors: 'Mao et al.',
 *     title: 'Least Squares Generative Adversarial Networks',
 *     year: 2017,
 *     url: 'https://arxiv.org/abs/1611.04076',
 *   },
 *   needs: { samples: { modalities: ['image', 'points'] } },
 *   fixed: { loss: 'least-squares' },
 * })
 * ```
 */
export function adversarialVariant<Extra extends z.ZodRawShape = None, const Fixed extends Partial<GameOptions> = None>(
  variant: AdversarialVariant<Extra, Fixed>,
): VariantDefinition<AdversarialSchema<Extra, Fixed>> {
  const { name, title, description, paper, needs, defaults = {}, fixed = {}, presets = [] } = variant
  return defineVariant<AdversarialSchema<Extra, Fixed>>({
    name,
    title,
    description,
    paper,
    needs,
    schema: schemaOf(defaults, fixed, variant.extra ?? {}) as unknown as AdversarialSchema<Extra, Fixed>,
    presets: presets as VariantDefinition<AdversarialSchema<Extra, Fixed>>['presets'],
    build: (request) => buildGame(variant as unknown as AdversarialVariant<z.ZodRawShape>, request),
  })
}

function buildGame(variant: AdversarialVariant<z.ZodRawShape>, request: BuildRequest<unknown>): GanModel {
  const { name, needs, fixed, discriminatorSeesLabels = true } = variant
  const { batchSize, seed, split } = request
  const options = { ...(request.options as GameOptions), ...fixed }
  const samples = fieldOf(variant, request.fields, 'samples')
  const labels = needs.labels && fieldOf(variant, request.fields, 'labels')
  checkOptions(name, options, { batchSize, samples })
  const extension = variant.extend?.(options, request)
  const architecture = findArchitecture(options.architecture, samples)
  const unconditional: ArchitectureRequest = {
    options,
    latentSize: options.latentSize,
    samples,
    packing: options.packing,
    seed,
    ...(extension && { heads: extension.heads }),
  }
  const conditional = labels ? { ...unconditional, classes: classesOf(labels) } : unconditional
  return adversarialGame({
    name,
    generator: architecture.generator(conditional),
    generatorEma: averageNetwork(options.emaDecay, () => architecture.generator(conditional)),
    discriminator: architecture.discriminator(discriminatorSeesLabels ? conditional : unconditional),
    options,
    samples,
    labels,
    batchSize,
    discriminatorSeesLabels,
    extension,
    split,
  })
}
