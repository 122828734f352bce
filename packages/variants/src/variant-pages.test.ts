import '@tensorflow/tfjs-backend-cpu'
import { existsSync } from 'node:fs'
import { setBackend } from '@tensorflow/tfjs-core'
import { type LayersModel, model as layersModel } from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { Preset } from './presets.ts'
import { variants } from './registry.ts'
import { drawNetworks } from './testing/draw-networks.ts'
import { buildVariant } from './testing/fields.ts'
import { type PageText, pageTexts, sourceOf } from './testing/page-texts.ts'
import type { VariantDefinition } from './variant-definition.ts'

interface Built {
  readonly title: string
  readonly network: LayersModel
  readonly makesSamples: boolean
}

/** Every network that is built, in order: what is drawn is what is trained. */
const built = vi.hoisted(() => [] as Built[])

vi.mock('./network.ts', async (importOriginal) => {
  const real = await importOriginal<typeof import('./network.ts')>()
  const networkOf: typeof real.networkOf = (title, inputs, outputs, ...names) => {
    const network = layersModel({ inputs: Object.values(inputs), outputs: Object.values(outputs) })
    built.push({ title, network, makesSamples: ['samples', 'target', 'high'].some((name) => name in outputs) })
    return real.networkOf(title, inputs, outputs, ...names)
  }
  return { ...real, networkOf }
})

beforeAll(async () => {
  await setBackend('cpu')
})

const isConditional = ({ needs }: VariantDefinition) => 'labels' in needs && needs.labels?.optional !== true

/** Whose maps double from 4 pixels. */
const isOfStyles = ({ schema }: VariantDefinition) => 'styleSize' in schema.shape
const grows = ({ schema }: VariantDefinition) => 'stageSizes' in schema.shape

/** Digits; pictures of a size that can be halved for what makes pictures out of pictures, or doubles maps of 4 pixels. */
function shapeOf(variant: VariantDefinition): readonly [number, number, number] {
  if ('target' in variant.needs || 'image' in variant.needs) return [64, 64, 3]
  if (grows(variant)) return [8, 8, 3]
  return isOfStyles(variant) ? [32, 32, 3] : [28, 28, 1]
}

/** Data that it can be tried on. */
function dataOf(variant: VariantDefinition): string {
  const { needs } = variant
  if (isOfStyles(variant) || grows(variant)) return 'emoji --size 32'
  if ('image' in needs) return 'folder:photos --size 96'
  return 'target' in needs ? 'emoji-twins --size 64' : 'mnist'
}

/** Of networks with dozens of equal blocks, a drawing has one; of those that are wide for large images, as much as can be seen. */
function drawnWith(variant: VariantDefinition): Readonly<Record<string, number>> {
  if ('image' in variant.needs) return { residualBlocks: 1 }
  return isOfStyles(variant) || grows(variant) ? { generatorWidth: 64, discriminatorWidth: 64 } : {}
}

const exceptions: Readonly<Record<string, string>> = {
  residualBlocks: ', but one residual block',
  generatorWidth: ', but 64 channels at most',
}

/** What makes samples first, each network once: its twin is the moving average. */
function drawing(variant: VariantDefinition): string {
  built.length = 0
  const request = { shape: shapeOf(variant), classes: 10, batchSize: 64, options: drawnWith(variant) }
  buildVariant(variant.name, request).dispose()
  const once = built.filter(({ title }, index) => built.findIndex((other) => other.title === title) === index)
  return drawNetworks([...once.filter((own) => own.makesSamples), ...once.filter((own) => !own.makesSamples)])
}

function needsOf({ needs }: VariantDefinition): string {
  const slots = Object.entries(needs).map(([slot, { modalities, optional }]) => {
    return `\`${slot}\` (${modalities.join(' or ')}${optional ? ', if there is one' : ''})`
  })
  return `What it needs of the data: ${slots.join(', ')}.`
}

const code = (value: unknown) => `\`${JSON.stringify(value)?.replaceAll('"', '')}\``

/** What a run with a preset makes, where the learning bench has drawn it: 64 samples, or what was given, what it became and should be. */
function pictureOf({ name, title, schema }: VariantDefinition, { data }: Preset<unknown>): string {
  const own = data.replace(/^training:/, '')
  const file = `${name}-${own.replace(/\W+/g, '-')}`
  const enlarged = 'factor' in schema.shape ? ' enlarged by bicubic interpolation,' : ''
  const what =
    own === data
      ? `64 samples of ${title} on ${data}`
      : `Held-out images of ${own}: given,${enlarged} made by ${title}, and real`
  const growth = shown(`${file}-growth`, `What a run of ${title} on ${data} drew at each size, a row each`)
  const grown = growth && `${growth}\n${GROWTH}${data === 'avataaars' ? ` ${AVATAAARS}` : ''}\n`
  const drawn = shown(
    `${file}-drawn`,
    `Outlines that were drawn stroke by stroke, and what the same ${title} makes of them`,
  )
  return shown(file, what) + drawn + grown + (CREDITS[own] === undefined ? '' : `\n${CREDITS[own]}\n`)
}

/** A picture, where there is one. */
function shown(file: string, what: string): string {
  const exists = existsSync(new URL(`../../../docs/images/variants/${file}.png`, import.meta.url))
  return exists ? `\n![${what}](../images/variants/${file}.png)\n` : ''
}

const GROWTH =
  'What runs of this preset draw on their way: a row for each size, the last that was drawn of it (it may still be fading in), each column of the same noise; pixels are enlarged, not smoothed.'
const AVATAAARS = 'Faces: Avataaars by Pablo Stanley.'
const OPENMOJI = 'OpenMoji, CC BY-SA 4.0'
/** Whose pictures they are, by data. */
const CREDITS: Readonly<Record<string, string>> = {
  'edges:avataaars': AVATAAARS,
  openmoji: `Drawings: ${OPENMOJI}.`,
  'edges:only:people-body,fluent': 'Figures: Fluent Emoji, Microsoft, MIT.',
}

const scoresOf = ({ scores = {} }: Preset<unknown>) =>
  Object.entries(scores)
    .map(([name, value]) => `; ${name} ${value}`)
    .join('')

/** Presets whose runs the learning bench draws. */
const DRAWN = ['good', 'edges', 'people']

/** Every preset: what it is, what it scores, and what a run with it draws. */
function presetsOf(variant: VariantDefinition): string {
  return variant.presets
    .map((preset) => {
      const { name, data, description } = preset
      const command = `gantry train ${variant.name} --preset ${name} --data ${data}`
      const picture = DRAWN.includes(name) ? pictureOf(variant, preset) : ''
      return `\n\`${command}\`: ${description}${scoresOf(preset)}.\n${picture}`
    })
    .join('')
}

function page(variant: VariantDefinition, { about, equations }: PageText): string {
  const { name, title, paper } = variant
  const fields = (variant.schema.toJSONSchema({ io: 'input' }).properties ?? {}) as Record<
    string,
    { default?: unknown }
  >
  const rows = Object.entries(fields).flatMap(([option, { default: value }]) => {
    const source = sourceOf(name, option, value)
    return source === undefined ? [] : [`| \`${option}\` | ${code(value)} | ${source} |`]
  })
  const except = Object.keys(drawnWith(variant)).flatMap((option) => exceptions[option] ?? [])
  return `# ${title}

Written by \`npx vitest run variant-pages -u\`; a test fails when it is out of date.

${about}

${paper.authors} ${paper.year}, [${paper.title}](${paper.url}).

\`\`\`text
${equations}
\`\`\`

${needsOf(variant)}

## Train it

\`\`\`sh
gantry train ${name} --data ${dataOf(variant)}${variant.startsFrom ? ' --init-from runs/dcgan-mnist' : ''}
\`\`\`

Without a preset, everything is as the paper has it. Presets are what works here in minutes on two cores; how they were found, and what
they score: [learning.md](../learning.md).
${presetsOf(variant)}
## Networks

On ${shapeOf(variant).slice(0, 2).join('×')} ${shapeOf(variant)[2] === 1 ? 'grey' : 'RGB'} images${isConditional(variant) ? ' of 10 classes' : ''}, with the defaults${except.join('')}: each layer with its output's shape and its number of weights.

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
