import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { expectSame } from '../testing/compare.ts'
import { exportModel } from './export-model.ts'

type Program = (x: tf.Tensor) => tf.Tensor

const image = { x: { dtype: 'float32', shape: ['batch', 'height', 'width', 2] } } as const

/** Programs that say lengths of their input in numbers, as TF.js gives them, and that hold for every length. */
const programs: Record<string, Program> = {
  'x[:, 1]': (x) => tf.stridedSlice(x, [0, 1], [0, 2], [1, 1], 1, 1, 0, 0, 2),
  'x[:, ::2]': (x) => tf.stridedSlice(x, [0, 0], [0, 0], [1, 2], 3, 3),
  'x[:, ::-1, :-1]': (x) => tf.stridedSlice(x, [0, 0, 0], [0, 0, -1], [1, -1, 1], 3 + 4, 3),
  'x[..., ::-2, :]': (x) => tf.stridedSlice(x, [0, 0, 0], [0, 0, 0], [1, -2, 1], 7, 7, 1),
  'the batch from its end': (x) => tf.reverse(x, 0),
  'all axes from their ends': (x) => tf.reverse(x, [0, 1, 2, 3]),
  'an axis in the other order': (x) => tf.reverse(tf.transpose(x, [0, 3, 1, 2]), 2),
  'the upper half': (x) => tf.slice(x, [0, 0], [-1, Math.floor(x.shape[1]! / 2)]),
  'the lower half': (x) => tf.slice(x, [0, Math.ceil(x.shape[1]! / 2)], [-1, Math.floor(x.shape[1]! / 2)]),
  'mirrored borders': (x) =>
    tf.mirrorPad(
      x as tf.Tensor4D,
      [
        [0, 0],
        [2, 1],
        [1, 3],
        [0, 0],
      ],
      'reflect',
    ),
  'repeated borders': (x) =>
    tf.mirrorPad(
      x as tf.Tensor4D,
      [
        [0, 0],
        [2, 1],
        [1, 3],
        [0, 0],
      ],
      'symmetric',
    ),
  'a band of each matrix': (x) => tf.linalg.bandPart(tf.transpose(x, [0, 3, 1, 2]), 1, -1),
  'a row of pixels': (x) => tf.reshape(x, [x.shape[0]!, x.shape[1]! * x.shape[2]!, 2]),
  'a row of all pixels': (x) => tf.reshape(x, [x.shape[0]! * x.shape[1]! * x.shape[2]!, 2]),
  'a row of blocks': (x) => {
    const small = tf.maxPool(x as tf.Tensor4D, 3, 2, 'same')
    return tf.reshape(small, [x.shape[0]!, Math.ceil(x.shape[1]! / 2) * Math.ceil(x.shape[2]! / 2), 2])
  },
  'divided by how many there are': (x) => tf.div(tf.sum(x, [0, 1, 2]), x.shape[0]! * x.shape[1]! * x.shape[2]!),
  'with its rows counted': (x) => tf.add(x, tf.reshape(tf.range(0, x.shape[1]!, 1, 'float32'), [1, -1, 1, 1])),
  'with its columns counted from the end': (x) =>
    tf.add(x, tf.reshape(tf.range(x.shape[2]! - 1, -1, -1, 'float32'), [1, 1, -1, 1])),
  'with as many ones': (x) => tf.concat([x, tf.ones([...x.shape.slice(0, 3), 1])], 3),
  'of half the size, and back': (x) => {
    const [, height, width] = x.shape as [number, number, number]
    const small = tf.image.resizeBilinear(x as tf.Tensor4D, [Math.floor(height / 2), Math.ceil(width / 2)])
    return tf.image.resizeNearestNeighbor(small, [height, width])
  },
  'doubled, less one': (x) => {
    const [, height, width] = x.shape as [number, number, number]
    return tf.image.resizeBilinear(x as tf.Tensor4D, [height * 2 - 1, width * 2 - 1], true)
  },
  repeated: (x) => tf.tile(x, [1, 2, 1, 3]),
  'padded to a square of both lengths': (x) =>
    tf.pad(x, [
      [0, 0],
      [0, x.shape[2]!],
      [x.shape[1]!, 0],
      [0, 0],
    ]),
}

describe('a program is exported for every length:', () => {
  it.each(Object.entries(programs))('%s', async (_, program) => {
    await expectSame(({ x }) => ({ y: program(x!) }), image, { lengths: [4, 5, 7] })
  })
})

it('six lengths of two images are open at once', async () => {
  const shape = (name: string) => [`${name}_batch`, `${name}_height`, `${name}_width`, 2]
  const inputs = { a: { dtype: 'float32', shape: shape('a') }, b: { dtype: 'float32', shape: shape('b') } } as const
  const program = ({ a, b }: Readonly<Record<string, tf.Tensor>>) => ({
    y: tf.concat([tf.reshape(a!, [-1, 2]), tf.reshape(b!, [-1, 2])], 0),
  })
  await expectSame(program, inputs)
  await expect(exportModel(program, { inputs: { ...inputs, c: { shape: ['more'] } } })).rejects.toMatchObject({
    code: 'DIMENSIONS_TOO_MANY',
  })
})
