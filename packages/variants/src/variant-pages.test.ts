import '@tensorflow/tfjs-backend-cpu'
import { existsSync } from 'node:fs'
import { setBackend } from '@tensorflow/tfjs-core'
import { type LayersModel, model as layersModel } from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { variants } from './registry.ts'
import { drawNetworks } from './testing/draw-networks.ts'
import { type PageText, pageTexts, sourceOf } from './testing/page-texts.ts'
import type { VariantDefinition } from './variant-definition.ts'

/** Every network that is built, in order: what is drawn is what is trained. */
const built = vi.hoisted(() => ({ generator: [] as LayersModel[], discriminator: [] as LayersModel[] }))

vi.mock('./architectures/networks.ts', async (importOriginal) => {
  const real = await importOriginal<typeof import('./architectures/networks.ts')>()
  const { generatorOf, discriminatorOf } = real
  return {
    ...real,
    generatorOf: (...[inputs, outputs]: Parameters<typeof generatorOf>) => {
      built.generator.push(layersModel({ inputs, outputs }))
      return generatorOf(inputs, outputs)
    },
    discriminatorOf: (...[inputs, outputs, heads]: Parameters<typeof discriminatorOf>) => {
      built.discriminator.push(layersModel({ inputs, outputs }))
      return discriminatorOf(inputs, outputs, heads)
    },
  }
})

beforeAll(async () => {
  await setBackend('cpu')
})

function drawing({ name, schema, build, labels }: VariantDefinition): string {
  built.generator.length = 0
  built.discriminator.length = 0
  const model = build({
    options: schema.parse({}),
    sampleShape: [28, 28, 1],
    batchSize: 64,
    ...(labels && labels !== 'none' && { classes: 10 }),
    seed: 1,
  })
  const judges = name.startsWith('vae') ? ['encoder', 'discriminator'] : ['discriminator']
  const svg = drawNetworks([
    { title: name.startsWith('vae') ? 'decoder (generator)' : 'generator', network: built.generator[0]! },
    ...built.discriminator.map((network, index) => ({ title: judges[index]!, network })),
  ])
  model.dispose()
  return svg
}

const code = (value: unknown) => `\`${JSON.stringify(value)?.replaceAll('"', '')}\``

function page(variant: VariantDefinition, { about, equations, command }: PageText): string {
  const { name, title, paper, labels = 'none', presets } = variant
  const fields = (variant.schema.toJSONSchema({ io: 'input' }).properties ?? {}) as Record<
    string,
    { default?: unknown }
  >
  const rows = Object.entries(fields).flatMap(([option, { default: value }]) => {
    const source = sourceOf(name, option, value)
    return source === undefined ? [] : [`| \`${option}\` | ${code(value)} | ${source} |`]
  })
  const picture = new URL(`../../../docs/images/variants/${name}.png`, import.meta.url)
  return `# ${title}

Written by \`npx vitest run --project variants variant-pages -u\`; a test fails when it is out of date.

${about}

${paper.authors} ${paper.year}, [${paper.title}](${paper.url}).

\`\`\`text
${equations}
\`\`\`

${labels === 'none' ? 'It needs no labels.' : `It needs labelled data: ${labels === 'both' ? 'both networks are' : 'the generator is'} told the class.`}

## Train it

\`\`\`sh
gantry train ${name} --data mnist
\`\`\`
${Object.entries(presets)
  .map(([preset, { description }]) => `\n\`--preset ${preset}\`: ${description}.\n`)
  .join('')}${
  existsSync(picture) && command !== undefined
    ? `\n![64 samples of ${title}](../images/variants/${name}.png)\n\n64 samples of a short run on two CPU cores, no more than a first look:\n\n\`\`\`sh\n${command}\n\`\`\`\n`
    : ''
}
## Networks

On 28×28 grey images${labels === 'none' ? '' : ' of 10 classes'}, with the defaults: each layer with its output's shape and its number of weights.

![Layers of its networks](../images/variants/${name}-networks.svg)

## Defaults, and where they come from

| Option | Default | Source |
|---|---|---|
${rows.join('\n')}

All options: [variant-options.md](../variant-options.md).
`
}

describe.each(variants.map((variant) => [variant.name, variant] as const))('the page of %s', (name, variant) => {
  it('is in the docs', async () => {
    await expect(page(variant, pageTexts[name]!)).toMatchFileSnapshot(`../../../docs/variants/${name}.md`)
  })

  it('has a drawing of the networks', async () => {
    await expect(drawing(variant)).toMatchFileSnapshot(`../../../docs/images/variants/${name}-networks.svg`)
  })
})
