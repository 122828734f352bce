import { float32, ndarray } from '@gantry/core'
import { ReferenceTrajectory } from '@gantry/core/testing'
import { expect, test } from 'vitest'
import { copyFeeds } from './copies.ts'
import { compiledReferenceModel } from './testing/reference-graphs.ts'
import { hostedModel, TrainingHost } from './training-host.ts'

test('a TrainingHost trains in the thread that it is created in', async () => {
  const host = await TrainingHost.create(hostedModel(compiledReferenceModel()), { device: 'cpu', threads: 1 })
  const reference = new ReferenceTrajectory()
  const x = float32([4, 3], [1, 2, 3, -1, 0, 1, 0.5, 0.25, 0, -2, 1, 1])
  const target = ndarray('float32', [4, 2])
  const { loss } = await host.run('fit', copyFeeds({ x, target }))
  expect(loss).toBeCloseTo(reference.fit(x.data, target.data).loss, 5)
  const { 'linear/kernel': kernel, ...others } = await host.readState(['linear/kernel'])
  expect(others).toEqual({})
  expect(kernel!.shape).toEqual([2, 3])
  for (const [index, value] of reference.variables['linear/kernel'].entries()) {
    expect(kernel!.data[(index % 2) * 3 + Math.floor(index / 2)]).toBeCloseTo(value, 5)
  }
  await host.dispose()
})
