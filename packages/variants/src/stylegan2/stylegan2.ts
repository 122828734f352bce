import { images, labelsIfAsked } from '../slots.ts'
import { styleDiscriminator } from '../style/style-discriminator.ts'
import { styleGame } from '../style/style-game.ts'
import { type StyleGan2Options, styleGan2Options } from '../style/style-options.ts'
import { stylePresets } from '../style/style-presets.ts'
import { synthesisNetwork } from '../style/synthesis-network.ts'
import { defineVariant } from '../variant-definition.ts'

const [name, needs] = ['stylegan2', { samples: images, labels: labelsIfAsked }] as const

/**
 * StyleGAN2 (Karras et al. 2020): noise is mapped to styles, which scale the channels of every convolution; with lazy R1 and path-length
 * regularisation, style mixing, and adaptive augmentation where it is asked for (Karras et al. 2020, Training GANs with Limited Data).
 */
export const stylegan2 = defineVariant({
  name,
  title: 'StyleGAN2',
  description: 'styles scale every convolution: truncation, mixing and editing of what is made',
  paper: {
    authors: 'Karras et al.',
    title: 'Analyzing and Improving the Image Quality of StyleGAN',
    year: 2020,
    url: 'https://arxiv.org/abs/1912.04958',
  },
  needs,
  schema: styleGan2Options,
  // As the authors train on small images: paths of even length smooth the space, and cost a step of every four.
  presets: stylePresets<StyleGan2Options>({ pathLength: 0 }, { avataaars: 0.11, emoji: 0.4 }),
  build: (request) => {
    const { options, seed } = request
    return styleGame({
      variant: { name, needs },
      request,
      synthesis: (plan) => synthesisNetwork({ plan, options, seed }),
      discriminator: (plan, classes) => styleDiscriminator({ plan, options, classes, seed }),
      pathLength: {
        ...{ weight: options.pathLength, every: options.pathLengthEvery },
        ...{ shrink: options.pathLengthShrink, decay: options.pathLengthDecay },
      },
    })
  },
})
