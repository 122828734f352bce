import { describe, expect, it } from 'vitest'
import { changeableKeys, runConfigSchema } from './run-config.ts'

describe('changeableKeys', () => {
  it('are those that decide no numbers of a run; all others are fixed, also those that nobody thought of', () => {
    expect([...changeableKeys]).toEqual([
      ...['validation', 'steps', 'engine', 'device', 'logEvery', 'sampleEvery', 'checkpointEvery', 'keepCheckpoints'],
      ...['sampleCount', 'healthEvery', 'onNan', 'scoreEvery', 'scoreCount', 'scoreMetrics', 'scoreNeighbours'],
      'scoreExtractor',
    ])
    const fixed = Object.keys(runConfigSchema.shape).filter((key) => !changeableKeys.has(key))
    expect(fixed).toEqual(['variant', 'data', 'dataOptions', 'bind', 'batchSize', 'seed', 'initFrom', 'options'])
  })

  it('are read off the schema', () => {
    const marked = Object.entries(runConfigSchema.shape).filter(([, schema]) => schema.meta()?.mayChange === true)
    expect(marked.map(([key]) => key)).toEqual([...changeableKeys])
  })
})
