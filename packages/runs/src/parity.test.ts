import { type NDArray, type Port, sizeOfShape, type TrainingSession } from '@gantry/core'
import { createModel, encodeModel, GraphBuilder } from '@gantry/onnx'
import { expect, it } from 'vitest'
import { checkedBatches, measureParity } from './parity.ts'

it('compares images of open size in every batch, as a multiple and as many numbers as fit into memory', async () => {
  const multiples = { height: 4, width: 8 }
  const shape = ['height', 'width', 3] as const
  const image: Port = { modality: 'image', dtype: 'float32', shape, field: 'image', range: [-1, 1], multiples }
  const builder = new GraphBuilder('negative')
  const spec = { dtype: 'float32', shape: ['batch', ...shape] } as const
  builder.output('output', builder.node('Neg', [builder.input('image', spec)]), spec)
  const seen: NDArray[] = []
  // The trainer is off by a little in one number.
  const session = {
    evaluate: async (_: string, feeds: Readonly<Record<string, NDArray<'float32'>>>) => {
      seen.push(feeds.image!)
      const output = { ...feeds.image!, data: feeds.image!.data.map((value) => -value) }
      output.data[0]! += 0.0005
      return { output }
    },
  } as unknown as TrainingSession
  const bytes = encodeModel(createModel(builder.build()))
  const batches = checkedBatches({ image })
  const error = await measureParity({ session, fn: { name: 'negate' }, ports: { image }, bytes, batches, seed: 1 })
  expect(error).toBeCloseTo(0.0005, 6)
  expect(seen.map(({ shape: [count] }) => count)).toEqual([1, 7, 64])
  for (const { shape } of seen) {
    const [, height, width] = shape as [number, number, number]
    expect([height % 4, width % 8, height === width]).toEqual([0, 0, false])
    // Of super-resolution ×4 with 64 channels one array of all of them has 1,024 times as many.
    expect(sizeOfShape(shape) * 1024).toBeLessThan(2 ** 25)
  }
})

it.each([
  [64, [1, 7, 64]],
  [128, [1, 7, 21]],
  [256, [1, 5]],
  [512, [1, 2]],
  [1024, [1, 2]],
])('images of %d pixels are compared in batches that fit into memory', (size, batches) => {
  const latent: Port = { modality: 'latent', dtype: 'float32', shape: [512], drawn: 'normal' }
  const image: Port = { modality: 'image', dtype: 'float32', shape: [size, size, 3], field: 'image', range: [-1, 1] }
  expect(checkedBatches({ latent, image })).toEqual(batches)
})
