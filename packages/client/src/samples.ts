import { type NDArray, numbersToArray } from '@gantry/core'
import { ApiError } from './api-error.ts'
import type { GeneratedArrays, GeneratedBody, GeneratedSamples } from './shapes.ts'

/** Numbers of an answer in JSON, as arrays. */
export async function arraysOf(answer: Response): Promise<GeneratedArrays> {
  const { model, version, seed, count, outputs = {} } = (await answer.json()) as GeneratedBody
  const arrays = Object.entries(outputs).map(([name, { dtype, shape, data }]): [string, NDArray] => [
    name,
    numbersToArray(dtype, shape, data),
  ])
  return { model, version, seed, count, outputs: Object.fromEntries(arrays) }
}

/** Samples of an answer: one is the answer itself, several stand in its JSON. */
export async function samplesOf(answer: Response): Promise<GeneratedSamples> {
  const seed = Number(answer.headers.get('gantry-seed'))
  if (!answer.headers.get('content-type')?.startsWith('application/json'))
    return { seed, samples: [await answer.blob()] }
  const { samples = [] } = (await answer.json()) as GeneratedBody
  return { seed, samples: samples.map(blobOf) }
}

/** @throws ApiError `ANSWER_INVALID` */
function blobOf(dataUrl: string): Blob {
  const [, type, text] = /^data:([^,]*);base64,(.*)$/s.exec(dataUrl) ?? []
  if (type === undefined) throw new ApiError({ code: 'ANSWER_INVALID', message: 'A sample is no data URL.' })
  return new Blob([Uint8Array.from(atob(text!), (character) => character.charCodeAt(0))], { type })
}
