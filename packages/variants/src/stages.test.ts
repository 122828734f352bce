import '@tensorflow/tfjs-backend-cpu'
import { setBackend } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { bindFields } from './bind-fields.ts'
import type { GanModel } from './gan-model.ts'
import { fieldsOf } from './testing/fields.ts'
import { twoStages } from './testing/two-stages.ts'

const request = {
  options: twoStages.schema.parse({ hiddenUnits: 4, latentSize: 3, pretrainSteps: 5 }),
  fields: bindFields(twoStages, fieldsOf([2])),
  batchSize: 4,
  seed: 1,
}

beforeAll(async () => {
  await setBackend('cpu')
})

describe('a variant of two stages', () => {
  const shapesOf = ({ variables }: GanModel) =>
    Object.fromEntries(Object.entries(variables).map(([name, { dtype, shape }]) => [name, `${dtype}[${shape}]`]))

  it('has models that share the state of the generator, and that have their own phases', () => {
    const stages = twoStages.stages!(request)
    expect(stages.map(({ name, steps }) => [name, steps])).toEqual([
      ['pretrain', 5],
      ['game', undefined],
    ])
    const [pretrain, game] = stages.map(({ build }) => build()) as [GanModel, GanModel]
    expect(pretrain.phases.map(({ name }) => name)).toEqual(['pretrain'])
    expect(game.phases.map(({ name }) => name)).toEqual(['discriminator', 'generator'])
    expect(shapesOf(game)).toMatchObject(shapesOf(pretrain))
    const anew = Object.keys(pretrain.variables).filter((name) => stages[1]!.startsAnew!(name))
    expect(anew.length).toBeGreaterThan(1)
    expect(anew.every((name) => name.startsWith('generator/adam/'))).toBe(true)
    for (const model of [pretrain, game]) {
      expect(model.functions.map(({ name }) => name).slice(0, 2)).toEqual(['generate', 'generate-raw'])
      model.dispose()
    }
  })

  it('builds the last of them', () => {
    const [last, built] = [twoStages.stages!(request).at(-1)!.build(), twoStages.build(request)]
    expect(Object.keys(built.variables)).toEqual(Object.keys(last.variables))
    for (const model of [last, built]) model.dispose()
  })
})
