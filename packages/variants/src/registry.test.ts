import '@tensorflow/tfjs-backend-cpu'
import { setBackend } from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { findPreset } from './presets.ts'
import { findVariant, variants } from './registry.ts'
import { buildVariant } from './testing/fields.ts'

/** What the data of presets are: [height, width, channels] or [2], and classes. */
const data: Readonly<Record<string, { readonly shape: readonly number[]; readonly classes: number }>> = {
  mnist: { shape: [28, 28, 1], classes: 10 },
  'fashion-mnist': { shape: [28, 28, 1], classes: 10 },
  emoji: { shape: [64, 64, 3], classes: 10 },
  avataaars: { shape: [32, 32, 3], classes: 5 },
  ring8: { shape: [2], classes: 8 },
  grid25: { shape: [2], classes: 25 },
  'training:edges:avataaars': { shape: [64, 64, 3], classes: 1 },
  'training:edges:only:people-body,fluent': { shape: [64, 64, 3], classes: 1 },
  'training:openmoji': { shape: [64, 64, 3], classes: 1 },
  'training:unpaired:openmoji,emoji:google': { shape: [64, 64, 3], classes: 1 },
  'training:photographs': { shape: [96, 96, 3], classes: 1 },
}

const presets = variants.flatMap(({ name, presets: own }) =>
  own.map((preset) => [name, preset.name, preset.data, preset] as const),
)
// Recipes for 28 pixels are the same for digits and clothes: their networks are built once.
const once = presets.filter(([, , set]) => set !== 'fashion-mnist')

describe('variants', () => {
  it('are found by name, or the nearest is named', () => {
    expect(findVariant('dcgan').title).toBe('DCGAN')
    expect(() => findVariant('dcgn')).toThrow("There is no variant 'dcgn'. Did you mean 'dcgan'?")
  })

  it.each(variants.map((variant) => [variant.name, variant] as const))(
    '%s has options with defaults and descriptions, and presets that fit them',
    (_, variant) => {
      expect(variant.schema.safeParse({}).success).toBe(true)
      for (const [option, schema] of Object.entries(variant.schema.shape)) {
        expect((schema as { description?: string }).description, option).toBeTruthy()
      }
      for (const { options } of variant.presets) expect(variant.schema.safeParse(options).success).toBe(true)
      const names = variant.presets.map((preset) => `${preset.name} for ${preset.data}`)
      expect(names).toEqual([...new Set(names)])
      expect(variant.schema.safeParse({ unheardOf: 1 }).success).toBe(false)
    },
  )

  it.each(once)('%s can be built with the preset %s for %s', async (name, _, set, { run, options }) => {
    await setBackend('cpu')
    buildVariant(name, { ...data[set]!, batchSize: Number(run.batchSize), options }).dispose()
  })
})

describe('findPreset', () => {
  const found = (name: string, set?: string) => findPreset(findVariant('vanilla'), name, set)

  it('takes the one that was made for the data, also for a part of them', () => {
    expect(found('points', 'grid25')).toEqual({ preset: expect.objectContaining({ data: 'grid25' }) })
    expect(found('good', 'emoji:google')).toEqual({ preset: expect.objectContaining({ data: 'emoji' }) })
    expect(found('good').preset.data).toBe('mnist')
  })

  it('takes the first for other data, and tells what it was made for', () => {
    const { preset, madeFor } = found('good', 'folder:photos')
    expect([preset.data, madeFor]).toEqual(['mnist', ['mnist', 'fashion-mnist', 'emoji']])
  })

  it('names the nearest where there is none', () => {
    expect(() => found('god')).toThrow("The variant 'vanilla' has no preset 'god'. Did you mean 'good'?")
    const none = { name: 'mine', presets: [] }
    expect(() => findPreset(none, 'good')).toThrow('It has none: leave --preset out.')
  })
})
