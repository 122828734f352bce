import type { TensorProgram, TensorSpec } from '@gantry/core'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { expectSame } from '../testing/compare.ts'
import { kernels, knownKernels } from './register.ts'

type Feeds = Readonly<Record<string, tf.Tensor>>

const float = (...shape: (number | string)[]): TensorSpec => ({ dtype: 'float32', shape })
const int = (...shape: (number | string)[]): TensorSpec => ({ dtype: 'int32', shape })
const bool = (...shape: (number | string)[]): TensorSpec => ({ dtype: 'bool', shape })

/** Gradients of the sum of a weighted result by every feed, beside the result itself. */
function withGradients(compute: (feeds: Feeds) => tf.Tensor): TensorProgram<tf.Tensor> {
  return (feeds) => {
    const names = Object.keys(feeds)
    const result = compute(feeds)
    const gradients = tf.grads((...tensors: tf.Tensor[]) => {
      const own = compute(Object.fromEntries(names.map((name, index) => [name, tensors[index]!])))
      // Squares weigh every element differently.
      return tf.sum(tf.square(own))
    })(names.map((name) => feeds[name]!))
    return { result, ...Object.fromEntries(gradients.map((gradient, index) => [`d_${names[index]}`, gradient])) }
  }
}

type Operation = (...tensors: tf.Tensor[]) => tf.Tensor

/** A TF.js operation by name. */
const operation = (name: keyof typeof tf) => (tf as unknown as Record<string, Operation>)[name]!

const image = float('batch', 6, 5, 3)

describe('element-wise kernels', () => {
  const unary = [
    'abs',
    'neg',
    'sign',
    'square',
    'atan',
    'asinh',
    'ceil',
    'cos',
    'cosh',
    'elu',
    'erf',
    'exp',
    'expm1',
    'floor',
    'relu',
    'relu6',
    'round',
    'selu',
    'sigmoid',
    'sin',
    'sinh',
    'softplus',
    'tan',
    'tanh',
    'step',
    'isNaN',
    'isFinite',
    'isInf',
    'onesLike',
    'zerosLike',
    'leakyRelu',
    'logSigmoid',
  ] as const
  it.each(unary)('%s', async (name) => {
    const apply = operation(name)
    await expectSame(({ x }) => ({ y: apply(x!) }), { x: image }, { tolerance: 1e-5 })
  })

  const positive = ['sqrt', 'rsqrt', 'log', 'log1p', 'reciprocal', 'acosh'] as const
  it.each(positive)('%s of positive numbers', async (name) => {
    const apply = operation(name)
    await expectSame(({ x }) => ({ y: apply(tf.add(tf.square(x!), 1.1)) }), { x: image }, { tolerance: 1e-5 })
  })

  it.each(['acos', 'asin', 'atanh'] as const)('%s of numbers below one', async (name) => {
    const apply = operation(name)
    await expectSame(({ x }) => ({ y: apply(tf.mul(tf.tanh(x!), 0.9)) }), { x: image }, { tolerance: 1e-5 })
  })

  it.each([0, 0.3, 1, -1, 2])('steps from %d to 1 at zero, however small the number', async (alpha) => {
    const special = [0, -0, 1e-45, -1e-45, 1e-38, -1e-38, 0.5, -0.5, Infinity, -Infinity, Number.NaN]
    // The sum with zeros keeps the numbers from being constants, for which no kernel would run.
    const at = (x: tf.Tensor) => tf.add(tf.mul(x, 0), tf.tensor1d(special))
    await expectSame(({ x }) => ({ y: tf.step(at(x!), alpha) }), { x: float('batch', special.length) })
  })

  it('keeps the digits of log1p and expm1 near zero', async () => {
    const scale = (x: tf.Tensor) => tf.mul(x, 1e-6)
    await expectSame(
      ({ x }) => ({ log: tf.mul(tf.log1p(scale(x!)), 1e6), exp: tf.mul(tf.expm1(scale(x!)), 1e6) }),
      { x: float('batch') },
      { lengths: [40], tolerance: 1e-6 },
    )
  })

  const binary = ['add', 'sub', 'mul', 'div', 'maximum', 'minimum', 'squaredDifference', 'mod', 'floorDiv'] as const
  it.each(binary)('%s broadcasts', async (name) => {
    const apply = operation(name)
    await expectSame(
      ({ a, b }) => ({ y: apply(a!, b!), z: apply(b!, a!) }),
      { a: float('batch', 1, 5, 3), b: float(6, 1, 3) },
      { tolerance: 1e-5 },
    )
  })

  it.each(['equal', 'notEqual', 'greater', 'greaterEqual', 'less', 'lessEqual'] as const)('%s', async (name) => {
    const apply = operation(name)
    await expectSame(({ a, b }) => ({ y: apply(a!, b!) }), { a: int('batch', 7), b: int(7) })
  })

  it('logic of booleans', async () => {
    await expectSame(
      ({ a, b }) => ({
        and: tf.logicalAnd(a!, b!),
        or: tf.logicalOr(a!, b!),
        xor: tf.logicalXor(a!, b!),
        not: tf.logicalNot(a!),
        all: tf.all(a!, 1),
        any: tf.any(b!, 0),
        chosen: tf.where(a!, tf.cast(b!, 'int32'), tf.scalar(5, 'int32')),
      }),
      { a: bool('batch', 7), b: bool('batch', 7) },
    )
  })

  it('integers divide downwards', async () => {
    await expectSame(
      ({ a, b }) => {
        const divisor = tf.add(tf.mul(b!, tf.scalar(2, 'int32')), tf.scalar(1, 'int32'))
        return { quotient: tf.floorDiv(a!, divisor), rest: tf.mod(a!, divisor) }
      },
      { a: int('batch', 40), b: int(40) },
    )
  })

  it('prelu, clip, pow, casts, addN', async () => {
    await expectSame(
      ({ x }) => ({
        prelu: tf.prelu(x!, tf.tensor1d([0.1, 0.2, 0.3])),
        clipped: tf.clipByValue(x!, -0.5, 0.7),
        power: tf.pow(tf.abs(x!), tf.scalar(1.5)),
        integer: tf.cast(x!, 'int32'),
        truth: tf.cast(x!, 'bool'),
        sum: tf.addN([x!, x!, tf.square(x!)]),
      }),
      { x: image },
      { tolerance: 1e-5 },
    )
  })
})

describe('reductions', () => {
  const axes = [undefined, 0, 3, [1, 2], [0, 1, 2], [-1]]
  it.each(axes)('over axes %j, of channels-first and channels-last values', async (axis) => {
    const kernel = tf.ones([1, 1, 3, 3]) as tf.Tensor4D
    // The mean over a named length would need the length: it is taken over the others only.
    await expectSame(
      ({ x }) => {
        const convolved = tf.conv2d(x as tf.Tensor4D, kernel, 1, 'same')
        return {
          sum: tf.sum(x!, axis),
          kept: tf.sum(convolved, axis, true),
          max: tf.max(convolved, axis),
          min: tf.min(x!, axis),
          mean: tf.mean(convolved, axis),
          product: tf.prod(tf.tanh(convolved), axis),
        }
      },
      { x: image },
      { tolerance: 1e-5 },
    )
  })

  it('arg, softmax, cumulative sums, log-sum-exp', async () => {
    await expectSame(
      ({ x }) => ({
        largest: tf.argMax(x!, 1),
        smallest: tf.argMin(x!, -1),
        softmax: tf.softmax(x!),
        logSoftmax: tf.logSoftmax(x!),
        cumulative: tf.cumsum(x!, 1, true, true),
        logSumExp: tf.logSumExp(x!, [2, 3]),
      }),
      { x: image },
      { tolerance: 1e-5 },
    )
  })

  it('moments of repeated values count every repetition', async () => {
    await expectSame(
      ({ x }) => {
        const tiled = tf.tile(tf.reshape(x!, [1, 3]), [4, 1])
        return { sum: tf.sum(tiled, 0), mean: tf.mean(tiled), variance: tf.moments(tiled, [0]).variance }
      },
      { x: float(3) },
    )
  })
})

describe('movement', () => {
  it('reshape, transpose, slice, concat, pad, tile, reverse in any order of axes', async () => {
    const kernel = tf.mul(tf.ones([2, 2, 3, 4]), 0.1) as tf.Tensor4D
    await expectSame(
      ({ x }) => {
        const y = tf.conv2d(x as tf.Tensor4D, kernel, 1, 'same')
        return {
          flat: tf.reshape(y, [-1, 30 * 4]),
          transposed: tf.transpose(y, [3, 1, 0, 2]),
          sliced: tf.slice(y, [0, 1, 0, 2], [-1, 3, 5, 2]),
          joined: tf.concat([y, tf.square(y), tf.slice(x!, [0, 0, 0, 0], [-1, 6, 5, 1])], 3),
          stacked: tf.stack([y, tf.neg(y)], 1),
          padded: tf.pad(
            y,
            [
              [0, 0],
              [1, 2],
              [0, 1],
              [3, 0],
            ],
            0.5,
          ),
          mirrored: tf.mirrorPad(
            y,
            [
              [0, 0],
              [2, 1],
              [1, 1],
              [0, 0],
            ],
            'reflect',
          ),
          symmetric: tf.mirrorPad(
            y,
            [
              [0, 0],
              [2, 1],
              [1, 1],
              [0, 0],
            ],
            'symmetric',
          ),
          tiled: tf.tile(y, [1, 2, 1, 3]),
          reversed: tf.reverse(y, [1, 3]),
          expanded: tf.expandDims(y, 2),
          squeezed: tf.squeeze(tf.sum(y, [1, 2], true)),
          broadcast: tf.broadcastTo(tf.slice(y, [0, 0, 0, 0], [-1, 1, 1, 4]), [2, 3, 3, 4]),
        }
      },
      { x: float(2, 6, 5, 3) },
      { lengths: [2] },
    )
  })

  it('reshape of values that repeat, with axes split, joined and moved', async () => {
    await expectSame(
      ({ x }) => {
        const rows = tf.tile(tf.reshape(x!, [2, 1, 3]), [1, 12, 1])
        const turned = tf.transpose(rows, [2, 1, 0])
        return {
          split: tf.add(tf.reshape(rows, [2, 3, 4, 3]), 1),
          ones: tf.reshape(rows, [1, 2, 3, 1, 4, 3, 1]),
          joined: tf.reshape(rows, [24, 3]),
          across: tf.reshape(rows, [2, 18, 2]),
          flat: tf.reshape(rows, [-1]),
          turned: tf.reshape(turned, [3, 2, 6, 2]),
          mean: tf.mean(tf.reshape(turned, [3, 2, 6, 2]), [1, 2]),
          beside: tf.concat([tf.reshape(rows, [2, 3, 4, 3]), tf.ones([2, 3, 4, 1])], 3),
          twice: tf.reshape(tf.tile(tf.reshape(x!, [2, 1, 3, 1]), [1, 4, 1, 6]), [2, 2, 2, 3, 3, 2]),
        }
      },
      { x: float(2, 3) },
    )
  })

  it('split, unstack, gather, one-hot, strided slices', async () => {
    await expectSame(
      ({ x, index }) => {
        const parts = tf.split(x!, [2, 1, 3], 1)
        const rows = tf.unstack(x!, 2)
        const positions = tf.abs(index!)
        const bounded = tf.cast(tf.minimum(positions, tf.scalar(2, 'int32')), 'int32')
        return {
          first: parts[0]!,
          last: parts[2]!,
          row: rows[1]!,
          gathered: tf.gather(x!, bounded as tf.Tensor1D, 1),
          hot: tf.oneHot(bounded, 3, 2, -1),
          strided: tf.stridedSlice(x!, [0, 5, 0, 1], [2, 0, 5, 3], [1, -2, 2, 1], 1),
        }
      },
      { x: float(2, 6, 5, 3), index: int(4) },
      { lengths: [2] },
    )
  })

  it('gathers by batch', async () => {
    await expectSame(
      ({ x }) => ({
        y: tf.gather(
          x!,
          tf.tensor2d(
            [
              [1, 0],
              [2, 2],
            ],
            [2, 2],
            'int32',
          ),
          1,
          1,
        ),
      }),
      { x: float(2, 3, 4) },
      { lengths: [2] },
    )
  })

  it('creates constants', async () => {
    await expectSame(
      ({ x }) => ({
        filled: tf.add(x!, tf.fill([2, 3], 1.5)),
        ranged: tf.add(x!, tf.range(0, 3)),
        spaced: tf.add(x!, tf.linspace(-1, 1, 3)),
        eye: tf.matMul(x as tf.Tensor2D, tf.eye(3)),
      }),
      { x: float(2, 3) },
    )
  })
})

describe('products and convolutions, with gradients', () => {
  it.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('matMul, transposed %s %s', async (transposeA, transposeB) => {
    const a = transposeA ? [4, 3] : [3, 4]
    const b = transposeB ? [5, 4] : [4, 5]
    await expectSame(
      withGradients((feeds) => tf.matMul(feeds.a!, feeds.b!, transposeA, transposeB)),
      { a: float(...a), b: float(...b) },
      { tolerance: 1e-5 },
    )
    await expectSame(
      withGradients((feeds) => tf.matMul(feeds.a!, feeds.b!, transposeA, transposeB)),
      { a: float(2, ...a), b: float(2, ...b) },
      { tolerance: 1e-5 },
    )
  })

  const geometries = [
    { size: [7, 6], kernel: [3, 3], stride: 1, pad: 'same', dilation: 1 },
    { size: [7, 6], kernel: [5, 4], stride: 2, pad: 'same', dilation: 1 },
    { size: [8, 8], kernel: [4, 4], stride: 2, pad: 'same', dilation: 1 },
    { size: [9, 8], kernel: [3, 2], stride: 2, pad: 'valid', dilation: 1 },
    { size: [9, 8], kernel: [3, 3], stride: 3, pad: 'valid', dilation: 1 },
    { size: [9, 9], kernel: [1, 1], stride: 2, pad: 'same', dilation: 1 },
    { size: [9, 9], kernel: [3, 3], stride: 1, pad: 'same', dilation: 2 },
    { size: [6, 6], kernel: [3, 3], stride: 1, pad: 1, dilation: 1 },
  ] as const
  it.each(geometries)(
    'conv2d of $size by $kernel, stride $stride, $pad, dilation $dilation',
    async ({ size, kernel, stride, pad, dilation }) => {
      const program = (feeds: Feeds) =>
        tf.conv2d(
          feeds.x as tf.Tensor4D,
          feeds.w as tf.Tensor4D,
          stride,
          pad,
          'NHWC',
          dilation,
          typeof pad === 'number' ? 'floor' : undefined,
        )
      // TF.js has no gradient of dilated convolutions.
      const compared = dilation === 1 ? withGradients(program) : (feeds: Feeds) => ({ result: program(feeds) })
      await expectSame(
        compared,
        { x: float(2, ...size, 3), w: float(...kernel, 3, 4) },
        { lengths: [2], tolerance: 1e-5 },
      )
    },
  )

  it('channels-first conv2d', async () => {
    await expectSame(
      withGradients((feeds) => tf.conv2d(feeds.x as tf.Tensor4D, feeds.w as tf.Tensor4D, 1, 'valid', 'NCHW')),
      { x: float(2, 3, 6, 5), w: float(3, 3, 3, 2) },
      { lengths: [2], tolerance: 1e-5 },
    )
  })

  it.each([
    [1, 3],
    [2, 4],
    [2, 5],
    [3, 3],
  ])('conv2dTranspose, stride %d, kernel %d', async (stride, side) => {
    await expectSame(
      withGradients((feeds) =>
        tf.conv2dTranspose(
          feeds.x as tf.Tensor4D,
          feeds.w as tf.Tensor4D,
          [2, 4 * stride, 5 * stride, 3],
          stride,
          'same',
        ),
      ),
      { x: float(2, 4, 5, 2), w: float(side, side, 3, 2) },
      { lengths: [2], tolerance: 1e-5 },
    )
  })

  it.each([
    [1, 1],
    [2, 2],
  ])('depthwise convolution, stride %d, multiplier %d', async (stride, multiplier) => {
    await expectSame(
      withGradients((feeds) => tf.depthwiseConv2d(feeds.x as tf.Tensor4D, feeds.w as tf.Tensor4D, stride, 'same')),
      { x: float(2, 6, 5, 3), w: float(3, 3, 3, multiplier) },
      { lengths: [2], tolerance: 1e-5 },
    )
  })

  it('fused convolution and product with bias and activation', async () => {
    await expectSame(
      ({ x, w, b, d }) => ({
        image: tf.fused.conv2d({
          x: x as tf.Tensor4D,
          filter: w as tf.Tensor4D,
          strides: 1,
          pad: 'same',
          bias: b!,
          activation: 'relu',
        }),
        product: tf.fused.matMul({
          a: tf.reshape(x!, [-1, 90]) as tf.Tensor2D,
          b: d as tf.Tensor2D,
          activation: 'leakyrelu',
          leakyreluAlpha: 0.3,
        }),
      }),
      { x: image, w: float(3, 3, 3, 4), b: float(4), d: float(90, 2) },
      { tolerance: 1e-5 },
    )
  })

  it('batch normalization and its gradients', async () => {
    await expectSame(
      withGradients(({ x, mean, spread, offset, scale }) =>
        tf.batchNorm(
          x as tf.Tensor4D,
          mean as tf.Tensor1D,
          tf.add(tf.square(spread!), 0.5) as tf.Tensor1D,
          offset as tf.Tensor1D,
          scale as tf.Tensor1D,
          1e-3,
        ),
      ),
      { x: float(3, 4, 5, 2), mean: float(2), spread: float(2), offset: float(2), scale: float(2) },
      { lengths: [3], tolerance: 1e-5 },
    )
  })

  it('pooling and resizing', async () => {
    await expectSame(
      ({ x }) => ({
        average: tf.avgPool(x as tf.Tensor4D, 3, 2, 'same'),
        largest: tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'),
        nearest: tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [12, 10]),
        bilinear: tf.image.resizeBilinear(x as tf.Tensor4D, [9, 7]),
        aligned: tf.image.resizeBilinear(x as tf.Tensor4D, [9, 7], true),
        centred: tf.image.resizeBilinear(x as tf.Tensor4D, [12, 10], false, true),
        shuffled: tf.depthToSpace(tf.concat([x!, tf.neg(x!), tf.square(x!), x!], 3) as tf.Tensor4D, 2),
      }),
      { x: image },
      { tolerance: 1e-5 },
    )
  })
})

describe('the table', () => {
  it('names only kernels that TF.js has', () => {
    const known = new Set(knownKernels())
    expect(Object.keys(kernels).filter((name) => !known.has(name))).toEqual([])
  })
})
