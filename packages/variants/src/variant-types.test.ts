import type { BoundField } from '@gantry/core'
import { expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { adversarialVariant } from './adversarial-variant.ts'
import { bindFields } from './bind-fields.ts'
import type { LossName } from './losses/losses.ts'
import { lsgan } from './lsgan/lsgan.ts'
import { findVariant } from './registry.ts'
import { fieldsOf } from './testing/fields.ts'
import { vae } from './vae/vae.ts'

// What the compiler has to know of variants: `tsc` checks these.

const paper = { authors: 'you', title: 'your paper', year: 2026, url: 'https://example.org' }

it('infers the options of a game: the common ones, without what is fixed, and its own', () => {
  const own = adversarialVariant({
    name: 'own',
    title: 'Own',
    description: 'a game with an option of its own',
    paper,
    needs: { samples: { modalities: ['image'] } },
    fixed: { loss: 'hinge', relativistic: true },
    extra: { codeWeight: z.number().default(1).describe('weight of a code'), mode: z.enum(['a', 'b']).default('a') },
    extend: (options) => {
      expectTypeOf(options.codeWeight).toEqualTypeOf<number>()
      expectTypeOf(options.mode).toEqualTypeOf<'a' | 'b'>()
      expectTypeOf(options.loss).toEqualTypeOf<LossName>()
      return { heads: {}, discriminator: () => ({}), generator: () => ({}) }
    },
  })
  const options = own.schema.parse({ codeWeight: 2 })
  expectTypeOf(options.codeWeight).toEqualTypeOf<number>()
  expectTypeOf(options.latentSize).toEqualTypeOf<number>()
  expectTypeOf(options).not.toHaveProperty('loss')
  expectTypeOf(options).not.toHaveProperty('relativistic')
  expectTypeOf<Parameters<typeof own.build>[0]['options']>().toEqualTypeOf(options)
  expect(options).toMatchObject({ codeWeight: 2, mode: 'a' })
  expect(options).not.toHaveProperty('loss')
})

it('infers the options of ours', () => {
  expectTypeOf(lsgan.schema.parse({}).r1).toEqualTypeOf<number>()
  expectTypeOf(lsgan.schema.parse({})).not.toHaveProperty('loss')
  expectTypeOf(vae.schema.parse({}).priorWeight).toEqualTypeOf<number>()
  expectTypeOf(vae.schema.parse({})).not.toHaveProperty('r1')
})

it('knows of a variant by name that its options are by name', () => {
  const variant = findVariant('lsgan')
  expectTypeOf(variant.schema.parse({})).toEqualTypeOf<Record<string, unknown>>()
  const fields = bindFields(variant, fieldsOf([2]))
  expectTypeOf(fields).toEqualTypeOf<Record<string, BoundField>>()
  expectTypeOf<Parameters<typeof variant.build>[0]['fields']>().toEqualTypeOf<Readonly<Record<string, BoundField>>>()
  expect(fields.samples?.field).toBe('points')
})
