import { describe, expect, it } from 'vitest'
import { findVariant, variants } from './registry.ts'

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
      const presets = variant.presets.map(({ name, data }) => `${name} for ${data}`)
      expect(presets).toEqual([...new Set(presets)])
      expect(variant.schema.safeParse({ unheardOf: 1 }).success).toBe(false)
    },
  )
})
