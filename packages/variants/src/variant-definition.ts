import type { z } from 'zod'
import type { GanModel } from './gan-model.ts'

/** A paper that a variant follows. */
export interface PaperReference {
  readonly authors: string
  readonly title: string
  readonly year: number
  readonly url: string
}

/** A named, complete choice of options. */
export interface Preset<Options> {
  readonly description: string
  readonly data?: string
  /** Settings of the run: steps, batch size, how often to sample. */
  readonly run?: Readonly<Record<string, number | string>>
  readonly options: Partial<Options>
}

export interface BuildRequest<Options> {
  readonly options: Options
  /** Of one sample: [height, width, channels] of an image, [2] of points. */
  readonly sampleShape: readonly number[]
  readonly batchSize: number
  /** Number of classes of the data, where they are labelled. */
  readonly classes?: number
  /** Draws the initial weights. */
  readonly seed: number
}

/** A kind of GAN: what it is called, what can be set, and how it is built. It contains no loop. */
export interface VariantDefinition<Schema extends z.ZodObject = z.ZodObject> {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly paper: PaperReference
  /** The samples that it can make. */
  readonly kind: 'image' | 'any'
  /** Who is told the labels of the data: unlabelled data cannot train a variant that tells anybody. */
  readonly labels?: 'none' | 'generator' | 'both'
  /** Options with their defaults, limits and descriptions. */
  readonly schema: Schema
  readonly presets: Readonly<Record<string, Preset<z.infer<Schema>>>>
  /** @throws ConfigurationError `SIZE_IMPOSSIBLE` for samples that the networks cannot make. */
  build(request: BuildRequest<z.infer<Schema>>): GanModel
}

/** Infers the options' type of a definition from its schema. */
export function defineVariant<Schema extends z.ZodObject>(
  definition: VariantDefinition<Schema>,
): VariantDefinition<Schema> {
  return definition
}
