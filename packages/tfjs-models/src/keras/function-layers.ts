import * as tf from '@tensorflow/tfjs-core'
import { layers } from '@tensorflow/tfjs-layers'

/** A shape as TF.js infers it; open lengths are null. */
type Shape = readonly (number | null)[]
// biome-ignore lint/suspicious/noExplicitAny: every layer has fields of its own, in TF.js's camel case
type Config = any

/** A layer without weights. */
interface FunctionLayer {
  readonly shape?: (input: Shape, config: Config) => Shape
  readonly compute: (inputs: readonly tf.Tensor[], config: Config) => tf.Tensor
}

const times = (length: number | null, factor: number) => (length === null ? null : length * factor)

/** Padding or cropping of each axis between the batch and the channels: a number, one for each axis, or a pair for each. */
function pairs(value: number | readonly (number | readonly [number, number])[], rank: number): [number, number][] {
  const axes = rank - 2
  const list = typeof value === 'number' ? new Array<number>(axes).fill(value) : value
  // One axis may be given as a pair alone.
  const perAxis = axes === 1 && list.length === 2 ? [list as readonly [number, number]] : list
  const own = perAxis.map((each): [number, number] => (typeof each === 'number' ? [each, each] : [each[0]!, each[1]!]))
  return [[0, 0], ...own, [0, 0]]
}

const sizesOf = (size: number | readonly number[], rank: number) =>
  typeof size === 'number' ? new Array<number>(rank - 2).fill(size) : size

/** Every number along an axis so many times. */
function repeated(x: tf.Tensor, axis: number, times: number): tf.Tensor {
  const [before, after] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)]
  const apart = tf.reshape(x, [...before, x.shape[axis]!, 1, ...after])
  const tiled = tf.tile(
    apart,
    apart.shape.map((_, own) => (own === axis + 1 ? times : 1)),
  )
  return tf.reshape(tiled, [...before, x.shape[axis]! * times, ...after])
}

function upsampled(x: tf.Tensor, size: readonly number[], interpolation: string): tf.Tensor {
  if (x.rank !== 4) return size.reduce((larger, factor, axis) => repeated(larger, axis + 1, factor), x)
  const lengths: [number, number] = [x.shape[1]! * size[0]!, x.shape[2]! * size[1]!]
  return interpolation === 'bilinear'
    ? tf.image.resizeBilinear(x as tf.Tensor4D, lengths, false, true)
    : tf.image.resizeNearestNeighbor(x as tf.Tensor4D, lengths)
}

const globalPooling = (reduce: (x: tf.Tensor, axes: number[], keep: boolean) => tf.Tensor): FunctionLayer => ({
  shape: (input, { keepdims }) => [input[0]!, ...(keepdims ? input.slice(1, -1).map(() => 1) : []), input.at(-1)!],
  compute: ([x], { keepdims }) =>
    reduce(
      x!,
      x!.shape.slice(1, -1).map((_, axis) => axis + 1),
      keepdims === true,
    ),
})

const arithmetic: Readonly<Record<string, (left: tf.Tensor, right: tf.Tensor) => tf.Tensor>> = {
  Add: tf.add,
  Divide: tf.div,
  Maximum: tf.maximum,
  Minimum: tf.minimum,
  Multiply: tf.mul,
  Subtract: tf.sub,
  TrueDivide: tf.div,
}

/** Keras's functions of numbers that a model may call between its layers. */
export const arithmeticNames: ReadonlySet<string> = new Set(Object.keys(arithmetic))

/** What Keras means by fields and layers that TF.js ignores or lacks. */
const functionLayers: Readonly<Record<string, FunctionLayer>> = {
  KerasReLU: {
    compute: ([x], { maxValue, negativeSlope = 0, threshold = 0 }) => {
      const below = tf.mul(tf.sub(x!, threshold), negativeSlope)
      const rising = tf.where(tf.greaterEqual(x!, threshold), x!, below)
      return maxValue == null ? rising : tf.minimum(rising, maxValue)
    },
  },
  KerasELU: {
    compute: ([x], { alpha }) => tf.where(tf.greater(x!, 0), x!, tf.mul(tf.expm1(tf.minimum(x!, 0)), alpha)),
  },
  KerasUpSampling: {
    shape: (input, { size }) => [
      input[0]!,
      ...sizesOf(size, input.length).map((factor, axis) => times(input[axis + 1]!, factor)),
      input.at(-1)!,
    ],
    compute: ([x], { size, interpolation }) => upsampled(x!, sizesOf(size, x!.rank), interpolation),
  },
  KerasResizing: {
    shape: ([batch, , , channels], { height, width }) => [batch!, height, width, channels!],
    compute: ([x], { height, width, interpolation }) => {
      const resize = interpolation === 'nearest' ? tf.image.resizeNearestNeighbor : tf.image.resizeBilinear
      return resize(tf.cast(x!, 'float32') as tf.Tensor4D, [height, width], false, true)
    },
  },
  KerasZeroPadding: {
    shape: (input, { padding }) =>
      pairs(padding, input.length).map(([before, after], axis) =>
        input[axis] === null ? null : input[axis]! + before + after,
      ),
    compute: ([x], { padding }) => tf.pad(x!, pairs(padding, x!.rank)),
  },
  KerasCropping: {
    shape: (input, { cropping }) =>
      pairs(cropping, input.length).map(([before, after], axis) =>
        input[axis] === null ? null : input[axis]! - before - after,
      ),
    compute: ([x], { cropping }) => {
      const cuts = pairs(cropping, x!.rank)
      return tf.slice(
        x!,
        cuts.map(([before]) => before),
        cuts.map(([before, after], axis) => x!.shape[axis]! - before - after),
      )
    },
  },
  KerasGlobalAveragePooling: globalPooling(tf.mean),
  KerasGlobalMaxPooling: globalPooling(tf.max),
  KerasRescaling: {
    compute: ([x], { scale, offset }) => tf.add(tf.mul(tf.cast(x!, 'float32'), scale), offset),
  },
  KerasSubtract: { compute: ([left, right]) => tf.sub(left!, right!) },
  /** `left` and `right` are numbers, or null for the inputs in their order. */
  KerasArithmetic: {
    shape: (input) => input,
    compute: (inputs, { operation, left, right }) => {
      const rest = [...inputs]
      const [first, second] = [left, right].map((number) => (number === null ? rest.shift()! : tf.scalar(number)))
      return arithmetic[operation]!(first!, second!)
    },
  },
}

/** Registers the layers with TF.js. */
export function registerFunctionLayers(): void {
  for (const [name, { shape, compute }] of Object.entries(functionLayers)) {
    class KerasFunction extends layers.Layer {
      static readonly className = name
      readonly #config: Config
      constructor(config: Config) {
        super(config)
        this.#config = config
      }
      override computeOutputShape(input: never): never {
        const several = Array.isArray((input as unknown[])[0])
        const shapes = (several ? input : [input]) as Shape[]
        const longest = shapes.reduce((long, own) => (own.length > long.length ? own : long))
        if (shape !== undefined) return shape(longest, this.#config) as never
        return broadcast(shapes, longest) as never
      }
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        return tf.tidy(() => compute([inputs].flat() as tf.Tensor[], this.#config))
      }
      override getConfig() {
        return { ...super.getConfig(), ...this.#config }
      }
    }
    tf.serialization.registerClass(KerasFunction as never)
  }
}

function broadcast(shapes: readonly Shape[], longest: Shape): Shape {
  return longest.map((length, axis) => {
    const others = shapes.map((shape) => shape[axis - (longest.length - shape.length)])
    return others.find((other) => other !== undefined && other !== 1) ?? length
  })
}
