import { images, labelsIfAsked } from '../slots.ts'
import { normalizedSynthesis } from '../style/normalized-synthesis.ts'
import { styleDiscriminator } from '../style/style-discriminator.ts'
import { styleGame } from '../style/style-game.ts'
import { styleOptions } from '../style/style-options.ts'
import { stylePresets } from '../style/style-presets.ts'
import { defineVariant } from '../variant-definition.ts'

const [name, needs] = ['stylegan', { samples: images, labels: labelsIfAsked }] as const

/**
 * StyleGAN (Karras et al. 2019): noise is mapped to styles, which scale and move every channel after it was normalized. At one size from
 * the start: `progan` grows.
 */
export const stylegan = defineVariant({
  name,
  title: 'StyleGAN',
  description: 'styles scale and move normalized maps; the first generator with a mapping',
  paper: {
    authors: 'Karras et al.',
    title: 'A Style-Based Generator Architecture for Generative Adversarial Networks',
    year: 2019,
    url: 'https://arxiv.org/abs/1812.04948',
  },
  needs,
  schema: styleOptions,
  presets: stylePresets(),
  build: (request) => {
    const { options, seed } = request
    return styleGame({
      variant: { name, needs },
      request,
      synthesis: (plan) => normalizedSynthesis({ plan, options, seed }),
      discriminator: (plan, classes) => {
        const own = { ...options, discriminatorArchitecture: 'original', activationClamp: 0 } as const
        return styleDiscriminator({ plan, options: own, classes, seed })
      },
    })
  },
})
