import { ConfigurationError } from '@gantry/core'
import { z } from 'zod'
import type { ArchitectureRequest } from './architectures/architecture.ts'
import { findArchitecture } from './architectures/find-architecture.ts'
import { adversarialGame } from './game/adversarial-game.ts'
import { checkOptions } from './game/check-options.ts'
import type { GameExtension } from './game/extension.ts'
import { type GameOptions, gameOptions } from './game/game-options.ts'
import type { BuildRequest, PaperReference, Preset, VariantDefinition } from './variant-definition.ts'

type Shape = typeof gameOptions.shape

/** A game as its paper has it. */
export interface AdversarialVariant<Extra extends z.ZodRawShape = Record<never, never>> {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly paper: PaperReference
  readonly kind: 'image' | 'any'
  /** Defaults that differ from the common ones, each with its source in a comment. */
  readonly defaults?: Partial<GameOptions>
  /** Options that make the variant what it is: they cannot be set. */
  readonly fixed?: Partial<GameOptions>
  /** Options that only this variant has. */
  readonly extra?: Extra
  readonly presets?: VariantDefinition['presets']
  /**
   * What the players are told of labels: nothing, the generator alone, or both. Data without labels are refused by the
   * latter two.
   */
  readonly labels?: 'none' | 'generator' | 'both'
  /** Further terms of the losses. */
  extend?(options: GameOptions & z.infer<z.ZodObject<Extra>>, request: BuildRequest<unknown>): GameExtension
}

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
 *   paper: { authors: 'Mao et al.', title: 'Least Squares Generative Adversarial Networks', year: 2017, url: 'https://arxiv.org/abs/1611.04076' },
 *   kind: 'any',
 *   fixed: { loss: 'least-squares' },
 * })
 * ```
 */
export function adversarialVariant<Extra extends z.ZodRawShape = Record<never, never>>(
  variant: AdversarialVariant<Extra>,
): VariantDefinition {
  const { name, title, description, paper, kind, defaults = {}, fixed = {}, presets = {}, labels = 'none' } = variant
  const schema = schemaOf(defaults, fixed, variant.extra ?? {})
  return {
    name,
    title,
    description,
    paper,
    kind,
    labels,
    schema,
    presets: presets as Readonly<Record<string, Preset<Record<string, unknown>>>>,
    build: (request) => {
      const { sampleShape, batchSize, seed } = request
      const options = { ...request.options, ...fixed } as GameOptions & z.infer<z.ZodObject<Extra>>
      const classes = labels === 'none' ? undefined : classesOf(name, request.classes)
      checkOptions(name, options, { batchSize, sampleShape })
      const extension = variant.extend?.(options, request)
      const architecture = findArchitecture(options.architecture, sampleShape)
      const networks: ArchitectureRequest = {
        options,
        latentSize: options.latentSize,
        sampleShape,
        packing: options.packing,
        seed,
        ...(extension && { heads: extension.heads }),
      }
      const told = classes === undefined ? networks : { ...networks, classes }
      return adversarialGame({
        name,
        generator: architecture.generator(told),
        generatorEma: architecture.generator(told),
        discriminator: architecture.discriminator(labels === 'both' ? told : networks),
        options,
        sampleShape,
        batchSize,
        ...(classes !== undefined && { classes }),
        discriminatorSeesLabels: labels === 'both',
        ...(extension && { extension }),
      })
    },
  }
}

function classesOf(variant: string, classes: number | undefined): number {
  if (classes !== undefined) return classes
  throw new ConfigurationError({
    code: 'LABELS_MISSING',
    message: `The variant '${variant}' learns from labels, but the data set has none.`,
    fix: 'Choose labelled data (such as mnist), or an unconditional variant.',
  })
}
