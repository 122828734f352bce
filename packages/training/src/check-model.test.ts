import type { BuiltFrom } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { checkModel } from './check-model.ts'
import { configureRun } from './configure-run.ts'
import type { TrainedModel } from './train-options.ts'

const schema = z.strictObject({
  units: z.number().default(128),
  r1: z.number().optional(),
  augment: z.array(z.string()).default([]),
})
const config = configureRun({ name: 'mine', schema }, { data: 'ring8', batchSize: 8, seed: 3, options: { units: 32 } })
const built: BuiltFrom = { variant: 'mine', options: { augment: [], r1: undefined, units: 32 }, batchSize: 8, seed: 3 }

function check(
  changes: Partial<BuiltFrom>,
  options?: Record<string, unknown>,
  shard?: { index: number; count: number },
) {
  const model = { builtFrom: { ...built, ...changes } } as TrainedModel
  checkModel(model, { ...(options && { options }) }, config, shard)
}

describe('a model and data', () => {
  it('that the configuration names are taken, and those that tell nothing of themselves', () => {
    expect(config.options).toEqual({ units: 32, augment: [] })
    check({})
    check({}, {})
    check({ batchSize: 2 }, {}, { index: 1, count: 4 })
    checkModel({} as TrainedModel, {}, config)
  })

  it.each([
    ['options', { options: { ...built.options, units: 128 } }, 'built with units 128, but its configuration says 32'],
    [
      'an option that the configuration lacks',
      { options: { ...built.options, r1: 1 } },
      'r1 1, but its configuration says nothing of it',
    ],
    [
      'an option that the model lacks',
      { options: { units: 32 } },
      'built with no augment, but its configuration says []',
    ],
    ['another variant', { variant: 'yours' }, 'variant "yours", but its configuration says "mine"'],
    ['another seed', { seed: 4 }, 'seed 4, but its configuration says 3'],
    ['another batch', { batchSize: 16 }, 'batchSize 16, but its configuration says 8'],
  ] as const)('of %s are refused', (_, changes, message) => {
    expect(() => check(changes)).toThrow(
      expect.objectContaining({ code: 'CONFIGURATION_MISMATCH', message: expect.stringContaining(message) }),
    )
  })

  it('of another size are refused', () => {
    expect(() => check({}, { size: 64 })).toThrow(
      'The data set was opened with size 64, but its configuration says nothing of it',
    )
  })
})
