import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { parseConfig } from './parse-config.ts'
import { runConfigSchema } from './run-config.ts'

const base = { variant: 'vanilla', data: 'ring8' }
const parse = (changes: object) => parseConfig(runConfigSchema, { ...base, ...changes }, 'The run configuration')

describe('parseConfig', () => {
  it('fills in defaults', () => {
    expect(parse({})).toMatchObject({
      ...base,
      steps: 1000,
      batchSize: 64,
      engine: 'auto',
      sampleCount: 64,
      options: {},
    })
  })

  it.each([
    [{ batchsize: 8 }, "The run configuration has no key 'batchsize'. Did you mean 'batchSize'?"],
    [{ batchSize: 0 }, "The run configuration: 'batchSize' must be at least 1, not 0."],
    [{ steps: 1.5 }, "The run configuration: 'steps' must be of type int, not 1.5."],
    [{ seed: 'x' }, `The run configuration: 'seed' must be of type number, not "x".`],
    [{ engine: '' }, `The run configuration: 'engine' must be a text that is not empty, not "".`],
    [{ bind: { target: 2 } }, "The run configuration: 'bind.target' must be of type string, not 2."],
    [{ variant: undefined }, "The run configuration: 'variant' is missing; it must be of type string."],
    [{ data: '' }, `The run configuration: 'data' must be a text that is not empty, not "".`],
    [
      { steps: 0, seed: -1 },
      "The run configuration: 'steps' must be at least 1, not 0. The run configuration: 'seed' must be at least 0, not -1.",
    ],
  ])('explains %j', (changes, message) => {
    expect(() => parse(changes)).toThrow(expect.objectContaining({ name: 'ConfigurationError', exitCode: 2, message }))
  })

  it('finds the nearest key inside nested objects', () => {
    const schema = z.strictObject({ adam: z.strictObject({ learningRate: z.number() }).default({ learningRate: 1 }) })
    expect(() => parseConfig(schema, { adam: { learningRate: 1, lerningRate: 2 } }, 'Options')).toThrow(
      "Options: 'adam' has no key 'lerningRate'. Did you mean 'learningRate'?",
    )
    expect(() => parseConfig(schema, 3, 'Options')).toThrow('Options must be of type object, not 3.')
  })
})
