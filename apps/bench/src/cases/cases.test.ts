import { existsSync } from 'node:fs'
import { bindFields, findVariant } from '@gantry/variants'
import { describe, expect, it } from 'vitest'
import { inPackage } from '../in-package.ts'
import { cases, findCase } from './cases.ts'

describe.each(cases.map((each) => [each.name, each] as const))('%s', (name, { source, batchSize, phases }) => {
  it('has a PyTorch twin', () => {
    expect(existsSync(inPackage(`python/cases/${name.replaceAll('-', '_')}.py`))).toBe(true)
  })

  it('is built from options that its variant has', () => {
    expect(batchSize).toBeGreaterThan(0)
    expect(Object.values(phases).flat().length).toBeGreaterThan(0)
    if (source === 'tutorial') return
    expect(() => findVariant(source.variant).schema.parse(source.options)).not.toThrow()
  })

  it('has the data that its variant needs', () => {
    if (source === 'tutorial') return
    const variant = findVariant(source.variant)
    const needed = Object.entries(variant.needs).filter(([, { optional }]) => !optional)
    expect(Object.keys(bindFields(variant, source.fields))).toEqual(
      expect.arrayContaining(needed.map(([slot]) => slot)),
    )
  })
})

it('finds cases by name, and names those that there are', () => {
  expect(findCase('tutorial').batchSize).toBe(64)
  expect(() => findCase('tutorials')).toThrow(expect.objectContaining({ code: 'CASE_UNKNOWN' }))
})
