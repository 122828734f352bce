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

  it('says what lists and texts are to be, and little of what they are', () => {
    const schema = z
      .strictObject({ seeds: z.array(z.int()).min(2).max(3), name: z.string().max(4) })
      .refine(({ name }) => name !== 'no', { message: 'a name of a model', path: ['name'] })
    const deep = Array.from({ length: 100_000 }).reduce((inner: unknown) => [inner], 1)
    const told = [
      [{ seeds: [1], name: 'a' }, "'seeds' must be a list of at least 2, not a list of 1."],
      [{ seeds: [1, 2, 3, 4], name: 'a' }, "'seeds' must be a list of at most 3, not a list of 4."],
      [{ seeds: [1, {}], name: 'a' }, "'seeds.1' must be of type number, not an object."],
      [{ seeds: [1, deep], name: 'a' }, "'seeds.1' must be of type number, not a list of 1."],
      [
        { seeds: [1, 2], name: 'x'.repeat(100_000) },
        `'name' must be a text of at most 4 characters, not "${'x'.repeat(60)}…".`,
      ],
      [{ seeds: [1, 2], name: 'no' }, "'name': a name of a model."],
    ] as const
    for (const [value, problem] of told) {
      const message = `The request: ${problem}`
      expect(() => parseConfig(schema, value, 'The request')).toThrow(expect.objectContaining({ message }))
    }
  })

  it('finds the nearest key inside nested objects', () => {
    const schema = z.strictObject({ adam: z.strictObject({ learningRate: z.number() }).default({ learningRate: 1 }) })
    expect(() => parseConfig(schema, { adam: { learningRate: 1, lerningRate: 2 } }, 'Options')).toThrow(
      "Options: 'adam' has no key 'lerningRate'. Did you mean 'learningRate'?",
    )
    expect(() => parseConfig(schema, 3, 'Options')).toThrow('Options must be of type object, not 3.')
  })
})
