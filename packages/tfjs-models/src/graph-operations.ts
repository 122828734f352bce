import { type GraphNode, registerOp } from '@tensorflow/tfjs-converter'
import * as tf from '@tensorflow/tfjs-core'

const numberOf = (tensor: tf.Tensor | undefined) => Number(tensor!.dataSync()[0])

/** The result of a division of what has no sign, with the sign that it is to have. */
const signed = (isNegative: tf.Tensor, size: tf.Tensor) => tf.where(isNegative, tf.neg(size), size)

/** Operations of TensorFlow of which TF.js's executor of graph models reads an attribute or an input wrongly, or not at all. */
const operations: Readonly<Record<string, (node: GraphNode) => tf.Tensor>> = {
  BiasAdd: ({ inputs, attrs }) => {
    const [x, bias] = inputs as [tf.Tensor, tf.Tensor]
    const isChannelsFirst = String(attrs.data_format ?? '')
      .toUpperCase()
      .startsWith('NC')
    return tf.add(x, isChannelsFirst ? tf.reshape(bias, [-1, ...Array<number>(x.rank - 2).fill(1)]) : bias)
  },
  // Whole numbers are divided toward zero.
  Div: ({ inputs }) => {
    const [x, y] = inputs as [tf.Tensor, tf.Tensor]
    if (x.dtype !== 'int32') return tf.div(x, y)
    const isNegative = tf.logicalXor(tf.less(x, 0), tf.less(y, 0))
    return signed(isNegative, tf.floorDiv(tf.abs(x), tf.abs(y)))
  },
  MatrixBandPart: ({ inputs }) => {
    const [x, below, above] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor]
    const [height, width] = x.shape.slice(-2) as [number, number]
    const rows = tf.reshape(tf.range(0, height, 1, 'int32'), [height, 1])
    const distance = tf.sub(rows, tf.range(0, width, 1, 'int32'))
    const isWithin = (reach: tf.Tensor, own: tf.Tensor) => tf.logicalOr(tf.less(reach, 0), tf.lessEqual(own, reach))
    const isKept = tf.logicalAnd(isWithin(below, distance), isWithin(above, tf.neg(distance)))
    return tf.where(isKept, x, tf.zerosLike(x))
  },
  // The remainder has the sign of what is divided.
  Mod: ({ inputs }) => {
    const [x, y] = inputs as [tf.Tensor, tf.Tensor]
    return signed(tf.less(x, 0), tf.mod(tf.abs(x), tf.abs(y)))
  },
  OneHot: ({ inputs, attrs }) => {
    const [indices, depth, on, off] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]
    const dtype = (attrs.T ?? 'float32') as 'float32'
    const last = tf.oneHot(indices, numberOf(depth), numberOf(on), numberOf(off), dtype)
    const axis = Number(attrs.axis ?? -1)
    if (axis === -1 || axis === indices.rank) return last
    const order = [...indices.shape.keys()]
    order.splice(axis, 0, indices.rank)
    return tf.transpose(last, order)
  },
  // One condition a row chooses whole rows.
  Select: ({ inputs }) => {
    const [condition, x, y] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor]
    const isByRow = condition.rank === 1 && x.rank > 1
    return tf.where(isByRow ? tf.reshape(condition, [-1, ...Array<number>(x.rank - 1).fill(1)]) : condition, x, y)
  },
}

/** Registers them with TF.js, for models that are loaded afterwards. */
export function registerGraphOperations(): void {
  for (const [name, operation] of Object.entries(operations)) registerOp(name, operation)
}
