import '@tensorflow/tfjs-backend-cpu'
import type { NDArray } from '@gantry/core'
import { openDataset } from '@gantry/datasets'
import { firstSamples } from '@gantry/training'
import { setBackend } from '@tensorflow/tfjs-core'
import { expect, it } from 'vitest'
import { trainSmallClassifier } from './small-classifier.ts'

it('reads most digits after it has seen thirty of each', async () => {
  await setBackend('cpu')
  const [training, test] = [await openDataset('few:30,mnist'), await openDataset('mnist-test')]
  const labelled = async (dataset: typeof training, count: number) => {
    const { image, label } = await firstSamples(dataset, count, 0)
    return { samples: image as NDArray<'float32'>, labels: Int32Array.from(label!.data, Number) }
  }
  const { classify, dispose } = await trainSmallClassifier(await labelled(training, 300), { classes: 10, seed: 1 })
  const { samples, labels } = await labelled(test, 1000)
  const predicted = await classify(samples)
  await dispose()
  const right = labels.filter((label, row) => label === predicted[row]).length
  expect(right).toBeGreaterThan(800)
  expect(right).toBeLessThan(980)
})
