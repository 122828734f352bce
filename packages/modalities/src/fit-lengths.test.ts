import { float32, type NDArray, ndarray, type Port } from '@gantry/core'
import { expect, it } from 'vitest'
import { fitLengths } from './fit-lengths.ts'
import { supply } from './supply.ts'

const image = (shape: Port['shape']): Port => ({ modality: 'image', dtype: 'float32', shape })
const ports = {
  inputs: {
    source: { ...image(['height', 'width', 1]), multiples: { height: 4, width: 2 } },
    noise: { ...image(['height/4', 'width/2', 1]), modality: 'noise', drawn: 'uniform' as const },
  },
  outputs: { target: image(['2*height', 'width', 1]), code: { ...image([3]), modality: 'latent' } },
}

/** Twice as high: every row twice. */
async function twice({ source }: Readonly<Record<string, NDArray>>) {
  const [batch, height, width] = source!.shape as [number, number, number]
  const target = ndarray('float32', [batch, 2 * height, width, 1])
  for (let row = 0; row < batch * height; row++) {
    const own = source!.data.subarray(row * width, (row + 1) * width)
    for (const copy of [0, 1]) target.data.set(own as Float32Array, (2 * row + copy) * width)
  }
  return { target, code: ndarray('float32', [batch, 3]) }
}

it('fills images up with their mirror image, and cuts the result back', async () => {
  const seen: NDArray[] = []
  const fitted = fitLengths((inputs: Readonly<Record<string, NDArray>>) => {
    seen.push(inputs.source!)
    return twice(inputs)
  }, ports)
  const source = float32([1, 3, 3, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9])
  const inputs = supply(ports.inputs, { seed: 0, from: 0, count: 1, asked: { source } })
  // The noise is that of the filled image.
  expect(inputs.noise!.shape).toEqual([1, 1, 2, 1])
  const { target, code } = await fitted(inputs)
  expect([...seen[0]!.data]).toEqual([1, 2, 3, 2, 4, 5, 6, 5, 7, 8, 9, 8, 4, 5, 6, 5])
  expect(target).toEqual(float32([1, 6, 3, 1], [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6, 7, 8, 9, 7, 8, 9]))
  expect(code!.shape).toEqual([1, 3])
})

it('leaves alone what fits, and fills up what is smaller than its own mirror image', async () => {
  const source = ndarray('float32', [2, 4, 2, 1])
  const fitted = fitLengths(async ({ source: given }: Readonly<Record<string, NDArray>>) => ({ target: given! }), ports)
  expect((await fitted({ source })).target).toBe(source)
  const pixel = await fitLengths(twice, ports)({ source: float32([1, 1, 1, 1], [5]) })
  expect([...pixel.target!.data]).toEqual([5, 5])
})
