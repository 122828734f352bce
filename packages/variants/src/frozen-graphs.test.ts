import '@tensorflow/tfjs-backend-cpu'
import { setBackend } from '@tensorflow/tfjs-core'
import { beforeAll, expect, it } from 'vitest'
import frozen from './testing/frozen-graphs.json' with { type: 'json' }
import { hashPrograms } from './testing/hash-programs.ts'

// What moves code about must not move numbers: these are the first weights of every variant and the bytes of its graphs, as
// Gantry compiled them at b713807, where only the graphs of functions had other names. They are the same on every machine. Whoever
// changes what a program computes, how it is written down or what it is called writes them anew, and says why: those of six models since
// short operands of large values are repeated, and last axes of length one left out. Three steps of each of all 46 models gave the
// same bits before and after.

beforeAll(async () => {
  await setBackend('cpu')
})

const models = frozen.map((own) => {
  const { variant, shape, options, convolutions = 'fast' } = own
  return [`${variant} of [${shape}] with ${JSON.stringify(options)}, ${convolutions} convolutions`, own] as const
})

it.each(models)('%s is compiled to the same bytes', async (_, { hashes, ...model }) => {
  expect(await hashPrograms(model)).toEqual(hashes)
})
