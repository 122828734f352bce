import '@tensorflow/tfjs-backend-cpu'
import {
  type Conv2DBackpropFilterAttrs,
  engine,
  getKernel,
  randomNormal,
  setBackend,
  type Tensor,
} from '@tensorflow/tfjs-core'
import { beforeAll, expect, it } from 'vitest'
import { run } from '../gradients/gradient.ts'
import { filterGradient2d } from './filter-gradient.ts'

// Runs in a process of its own: others have TF.js's kernel mended before this reads it.
const original = getKernel('Conv2DBackpropFilter', 'cpu')!.kernelFunc

beforeAll(async () => {
  await setBackend('cpu')
})

const cases = [
  { x: [2, 7, 6, 3], filter: [3, 3, 3, 5], strides: 1, pad: 'same' },
  { x: [2, 8, 8, 2], filter: [4, 4, 2, 3], strides: 2, pad: 'same' },
  { x: [1, 9, 7, 1], filter: [5, 2, 1, 4], strides: [3, 2], pad: 'valid' },
  { x: [2, 5, 5, 3], filter: [1, 1, 3, 2], strides: 2, pad: 'same' },
  { x: [1, 6, 6, 2], filter: [3, 3, 2, 2], strides: 1, pad: 2 },
  { x: [3, 3, 3, 2], filter: [3, 3, 2, 2], strides: [1, 2], pad: 'valid' },
] as const

it.each(cases)('of $x, filter $filter, strides $strides, $pad: the bits of TF.js', ({ x, filter, strides, pad }) => {
  const attributes = { strides, pad, dataFormat: 'NHWC', filterShape: filter } as unknown as Conv2DBackpropFilterAttrs
  const images = randomNormal([...x], 0, 1, 'float32', 1)
  const made = run('Conv2D', { x: images, filter: randomNormal([...filter]) }, { ...attributes, dilations: 1 })
  const dy = randomNormal(made.shape, 0, 1, 'float32', 2)
  const call = { inputs: { x: images, dy }, attrs: attributes as never, backend: engine().backend }
  const expected = engine().makeTensorFromTensorInfo(original(call as never) as Tensor)
  const actual = filterGradient2d(images, dy, attributes as never)!
  expect(actual.shape).toEqual(expected.shape)
  expect(actual.dataSync()).toEqual(expected.dataSync())
})

it('leaves channels that come first to TF.js', () => {
  const attributes = { strides: 1, pad: 'same', dataFormat: 'NCHW', filterShape: [3, 3, 2, 2] } as const
  const images = randomNormal([1, 2, 4, 4])
  expect(filterGradient2d(images, images, { ...attributes, filterShape: [3, 3, 2, 2] })).toBeUndefined()
})
