import type { z } from 'zod'
import { fieldOf } from '../bind-fields.ts'
import type { Preset } from '../presets.ts'
import { images } from '../slots.ts'
import { type BuildRequest, defineVariant, type PaperReference, type VariantDefinition } from '../variant-definition.ts'
import { checkReducible, type EnlargingNetwork } from './enlarging-network.ts'
import { gameModel } from './game-model.ts'
import { pretrainingModel } from './pretraining-model.ts'
import type { SuperResolutionOptions, superResolutionOptions } from './super-resolution-options.ts'
import { distances, type SuperResolutionParts } from './super-resolution-parts.ts'

/** A game that makes images larger, as its paper has it. */
export interface SuperResolutionVariant<Schema extends z.ZodObject> {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly paper: PaperReference
  readonly schema: Schema
  readonly presets?: readonly Preset<z.infer<Schema>>[]
  /** Between pixels, and between features. */
  readonly distance: keyof typeof distances
  /** Whether features are compared after their activation. */
  readonly activated: boolean
  readonly network: EnlargingNetwork<z.infer<Schema>>
}

/**
 * Defines a variant that learns to undo a bicubic reduction: first the generator alone, by pixels, then a game, in which the generator
 * also brings features of a frozen network close to those of the true image.
 */
export function superResolutionVariant<Schema extends typeof superResolutionOptions>(
  variant: SuperResolutionVariant<Schema>,
): VariantDefinition<Schema> {
  type Options = z.infer<Schema> & SuperResolutionOptions
  const { name, title, description, paper, schema, presets = [] } = variant
  const needs = { image: images }
  const own = (request: BuildRequest<z.infer<Schema>>): SuperResolutionParts => {
    const options = request.options as Options
    const image = fieldOf({ name, needs }, request.fields, 'image')
    checkReducible(image.shape, options.factor)
    return {
      ...{ name, options, image, request, distance: distances[variant.distance], activated: variant.activated },
      network: () => variant.network({ options, channels: image.shape[2]!, seed: request.seed }),
    }
  }
  return defineVariant({
    ...{ name, title, description, paper, needs, schema, presets },
    weights: ({ perceptual }: SuperResolutionOptions) => (perceptual === 'vgg19' ? ['vgg19'] : []),
    build: (request) => gameModel(own(request)),
    stages: (request) => {
      const { pretrainSteps, optimizer } = request.options as Options
      const anew = [`generator/${optimizer}/`, 'generator/accumulated/']
      const game = { name: 'game', build: () => gameModel(own(request)) }
      if (pretrainSteps === 0) return [game]
      const pretrain = { name: 'pretrain', steps: pretrainSteps, build: () => pretrainingModel(own(request)) }
      return [pretrain, { ...game, startsAnew: (state) => anew.some((prefix) => state.startsWith(prefix)) }]
    },
  })
}
