import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { exportModel } from '../export/export-model.ts'
import { drawFeeds, expectSame, relativeDifference, runEagerly, runExported } from '../testing/compare.ts'

const image = { x: { dtype: 'float32', shape: ['batch', 'height', 'width', 2] } } as const
const filter = (...shape: [number, number, number, number]) =>
  tf.mul(
    tf.add(
      tf.reshape(
        tf.range(
          0,
          shape.reduce((a, b) => a * b),
        ),
        shape,
      ),
      1,
    ),
    0.01,
  ) as tf.Tensor4D

describe('strided windows over images of any size', () => {
  const programs: Record<string, (x: tf.Tensor4D) => tf.Tensor> = {
    'conv2d, same': (x) => tf.conv2d(x, filter(3, 3, 2, 4), 2, 'same'),
    'conv2d, valid': (x) => tf.conv2d(x, filter(3, 3, 2, 4), 2, 'valid'),
    'conv2d, 1 pixel of padding': (x) => tf.conv2d(x, filter(3, 3, 2, 4), 2, 1),
    'depthwise, same': (x) => tf.depthwiseConv2d(x, filter(3, 3, 2, 1), 2, 'same'),
    'maxPool, same': (x) => tf.maxPool(x, 2, 2, 'same'),
    'avgPool, same': (x) => tf.avgPool(x, 3, 2, 'same'),
  }
  // Odd and even, and both remainders of 3.
  it.each(Object.entries(programs))('%s', async (_, program) => {
    await expectSame(({ x }) => ({ y: program(x as tf.Tensor4D) }), image, { lengths: [6, 7, 8, 9] })
  })
})

describe('lengths that are multiples of a number', () => {
  const down = filter(3, 3, 2, 2)
  const hourglass = ({ x }: Readonly<Record<string, tf.Tensor>>) => {
    const small = tf.conv2d(tf.conv2d(x as tf.Tensor4D, down, 2, 'same'), down, 2, 'same')
    const [, height, width] = small.shape as [number, number, number, number]
    const half = tf.image.resizeNearestNeighbor(small, [height * 2, width * 2])
    return { y: tf.concat([tf.image.resizeBilinear(half, [height * 4, width * 4]), x!], 3) }
  }

  it('records a network that halves images and doubles them again', async () => {
    const bytes = await exportModel(hourglass, { inputs: image, multiples: { height: 4, width: 4 } })
    for (const length of [4, 8, 20]) {
      const feeds = drawFeeds(image, length)
      const [actual, expected] = [await runExported(bytes, feeds), await runEagerly(hourglass, feeds)]
      expect(relativeDifference(actual.y!, expected.y!)).toBeLessThan(1e-5)
    }
  })

  it('refuses it for any length, and says which multiples it needs', async () => {
    await expect(exportModel(hourglass, { inputs: image })).rejects.toMatchObject({
      code: 'MULTIPLE_NEEDED',
      message: expect.stringContaining('{ multiples: { height: 4, width: 4 } }'),
    })
  })

  it('says that batches must be whole groups, and records those', async () => {
    const inputs = { x: { dtype: 'float32', shape: ['batch', 3] } } as const
    const grouped = ({ x }: Readonly<Record<string, tf.Tensor>>) => {
      const { variance } = tf.moments(tf.reshape(x!, [4, x!.shape[0]! / 4, 3]), 0)
      return { y: tf.tile(variance, [4, 1]) }
    }
    await expect(exportModel(grouped, { inputs })).rejects.toMatchObject({
      code: 'MULTIPLE_NEEDED',
      message: expect.stringContaining('--multiple batch=4'),
    })
    const bytes = await exportModel(grouped, { inputs, multiples: { batch: 4 } })
    const feeds = drawFeeds(inputs, 8)
    const [actual, expected] = [await runExported(bytes, feeds), await runEagerly(grouped, feeds)]
    expect(relativeDifference(actual.y!, expected.y!)).toBeLessThan(1e-5)
  })
})
