import type { Ports } from '@gantry/core'
import { expect, it } from 'vitest'
import { fastApiRequest, gantryRequest, inferRequest } from './requests.ts'

const latent = { modality: 'latent', dtype: 'float32', shape: [3], drawn: 'normal' } as const
const labels = { modality: 'label', dtype: 'int32', shape: [], range: [0, 9] } as const
const conditional: { inputs: Ports } = { inputs: { latent, labels } }
const bodyOf = ({ body }: { readonly body?: string }) => JSON.parse(body!)

it('asks for as many pictures as it says, with latents or without', () => {
  const drawn = bodyOf(gantryRequest('digits', conditional, 'bytes', 4))
  expect(drawn.parameters).toMatchObject({ binary_data_output: true, seed: expect.any(Number) })
  expect(drawn.inputs).toEqual([{ name: 'labels', datatype: 'INT32', shape: [4], data: [0, 1, 2, 3] }])
  const sent = bodyOf(
    inferRequest('digits', conditional, { asked: 'json', pictures: 2, withLatents: true, listsOfOne: true }),
  )
  expect(sent.parameters).toEqual({})
  expect(sent.inputs.map(({ name, shape }: { name: string; shape: number[] }) => [name, shape])).toEqual([
    ['latent', [2, 3]],
    ['labels', [2, 1]],
  ])
})

it('sends latents where nothing else tells how many are wanted', () => {
  const { inputs, parameters } = bodyOf(gantryRequest('faces', { inputs: { latent } }, 'bytes', 5))
  expect(inputs).toMatchObject([{ name: 'latent', shape: [5, 3] }])
  expect(parameters).toEqual({ binary_data_output: true })
  expect(bodyOf(gantryRequest('faces', { inputs: { latent } }, 'png', 5))).toMatchObject({ count: 5, grid: true })
})

it('asks FastAPI for one of a class', () => {
  expect(bodyOf(fastApiRequest(conditional, 'json'))).toMatchObject({ format: 'json', inputs: { labels: 7 } })
})
