import { imageField, labelField, type NDArray, ndarray, type Ports } from '@gantry/core'
import { expect, it } from 'vitest'
import { drawnLatent, pathLengths } from './path-lengths.ts'

const latent = { modality: 'latent', dtype: 'float32', shape: [8], drawn: 'normal' } as const
const kinds = labelField(['none', 'some', 'all'])
const noise = { modality: 'noise', dtype: 'float32', shape: [1], drawn: 'normal' } as const

/** Draws what it is given, brighter by class and noise. */
const generator = {
  inputs: { latent, kinds, noise } as Ports,
  outputs: { samples: imageField([2, 4, 1]) },
  evaluate: async (inputs: Readonly<Record<string, NDArray>>) => {
    const rows = inputs.latent!.shape[0]!
    const data = Float32Array.from(inputs.latent!.data as Float32Array, (value, index) => {
      const row = Math.floor(index / 8)
      return value + Number(inputs.kinds!.data[row]) + Number(inputs.noise!.data[row])
    })
    return { samples: ndarray('float32', [rows, 2, 4, 1], data) }
  },
}

it('are the squared speeds of what is drawn, whatever its class and noise', async () => {
  const compare = async (left: NDArray, right: NDArray) => {
    const rows = left.shape[0]!
    const distances = Float32Array.from({ length: rows }, (_, row) => {
      const [from, to] = [left, right].map(({ data }) => (data as Float32Array).subarray(row * 8, row * 8 + 8))
      return from!.reduce((sum, value, index) => sum + (value - to![index]!) ** 2, 0)
    })
    return { distances, layers: distances, layerCount: 1 }
  }
  const perceptual = { compare } as Parameters<typeof pathLengths>[1]['perceptual']
  const { data } = await pathLengths(generator, { seed: 5, perceptual, paths: 300, work: {} })
  // Those between the percentiles 1 and 99.
  expect(data.length).toBeGreaterThan(290)
  expect(data.length).toBeLessThan(300)
  // Vectors of 8 normal numbers are about √8 long, and about a right angle apart: (√8·π/2)² is 19.7. A class or noise that differed
  // between the ends of a step of 1e-4 would make it 10⁸.
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length
  expect(mean).toBeGreaterThan(14)
  expect(mean).toBeLessThan(26)
})

it('need one latent vector that is drawn', () => {
  expect(drawnLatent(generator.inputs)).toBe('latent')
  expect(drawnLatent({ kinds, noise })).toBeUndefined()
  expect(drawnLatent({ latent, other: latent })).toBeUndefined()
  expect(
    drawnLatent({ styles: { modality: 'latent', dtype: 'float32', shape: [4, 8], drawn: 'normal' } }),
  ).toBeUndefined()
})
