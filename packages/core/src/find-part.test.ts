import { describe, expect, it } from 'vitest'
import { findFunction, findPhase, rawFunction } from './find-part.ts'

const phase = { name: 'discriminator', feeds: {}, program: 1, every: 1 }
const generate = { name: 'generate', weights: 'ema', inputs: {}, outputs: {}, program: 2 } as const
const model = { name: 'dcgan', phases: [phase], functions: [generate, { ...generate, name: rawFunction('generate') }] }

describe('parts of a model', () => {
  it('are found by name', () => {
    expect(findPhase(model, 'discriminator')).toBe(phase)
    expect(findFunction(model, 'generate')).toBe(generate)
    expect(findFunction(model, rawFunction('generate')).name).toBe('generate-raw')
  })

  it('are missed with the nearest name, each kind by its own code', () => {
    const refusal = (code: string, message: string) => expect.objectContaining({ code, message })
    expect(() => findPhase(model, 'discriminater')).toThrow(
      refusal('PHASE_UNKNOWN', "The model 'dcgan' has no phase 'discriminater'. Did you mean 'discriminator'?"),
    )
    expect(() => findFunction(model, 'generateEma')).toThrow(
      refusal('FUNCTION_UNKNOWN', "The model 'dcgan' has no function 'generateEma'. Did you mean 'generate'?"),
    )
    expect(() => findFunction({ ...model, functions: [] }, 'generate')).toThrow('There are none.')
  })
})
