import { fieldOf } from '../bind-fields.ts'
import { images } from '../slots.ts'
import { type BuildRequest, defineVariant } from '../variant-definition.ts'
import { growingModel } from './growing-model.ts'
import { type ProganOptions, proganOptions } from './progan-options.ts'
import { proganPresets } from './progan-presets.ts'
import { type GrowthStage, growthStages } from './stage-sizes.ts'

const name = 'progan'
const needs = { samples: images }

type Request = BuildRequest<ProganOptions>

const samplesOf = ({ fields }: Request) => fieldOf({ name, needs }, fields, 'samples')
const stagesOf = (request: Request) => growthStages(request.options, samplesOf(request).shape, request.batchSize)
const modelOf = (request: Request, stage: GrowthStage) => growingModel(name, samplesOf(request), request, stage)

/**
 * Progressive growing (Karras et al. 2018): both networks begin at images of 4×4 pixels, and get layers for one size after the other,
 * which fade in.
 */
export const progan = defineVariant({
  ...{ name, title: 'Progressive GAN', needs },
  description: 'both networks grow with the images, from 4×4 pixels on',
  paper: {
    authors: 'Karras et al.',
    title: 'Progressive Growing of GANs for Improved Quality, Stability, and Variation',
    year: 2018,
    url: 'https://arxiv.org/abs/1710.10196',
  },
  schema: proganOptions,
  presets: proganPresets,
  build: (request) => modelOf(request, stagesOf(request).at(-1)!),
  stages: (request) => {
    const { optimizer } = request.options
    // As in the authors' code, wherever layers come or go.
    const anew = ['generator', 'discriminator'].flatMap((player) => [
      `${player}/${optimizer}/`,
      `${player}/accumulated/`,
    ])
    const startsAnew = (state: string) => state === 'fade/steps' || anew.some((prefix) => state.startsWith(prefix))
    return stagesOf(request).map((stage) => ({
      name: stage.name,
      ...(stage.steps !== undefined && { steps: stage.steps }),
      build: () => modelOf(request, stage),
      startsAnew,
    }))
  },
})
