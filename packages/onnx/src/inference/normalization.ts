import { type Inference, type NodeContext, shapeText } from './node-context.ts'

function expectPerChannel(context: NodeContext, indices: readonly number[]): void {
  const { shape } = context.input(0)
  if (shape.length === 0) context.fail(`the input ${shapeText(shape)} has no channel axis`)
  // A vector is a batch of one channel.
  const channels = shape[1] ?? 1
  for (const index of indices) {
    const [length] = context.expectRank(index, 1).shape
    context.unify(
      channels,
      length!,
      () => `input ${index} has ${length} elements but the input ${shapeText(shape)} has ${channels} channels`,
    )
  }
}

const batchNormalization: Inference = (context) => {
  expectPerChannel(context, [1, 2, 3, 4])
  return [context.input(0), context.input(3), context.input(4)]
}

const instanceNormalization: Inference = (context) => {
  expectPerChannel(context, [1, 2])
  return [context.input(0)]
}

const layerNormalization: Inference = (context) => {
  const { dtype, shape } = context.input(0)
  const first = context.axis(context.int('axis', -1), shape.length)
  const statistics = { dtype: 'float32', shape: shape.map((length, axis) => (axis < first ? length : 1)) } as const
  return [{ dtype, shape }, statistics, statistics]
}

/** Operators that rescale by mean and variance. */
export const normalization: Readonly<Record<string, Inference>> = {
  BatchNormalization: batchNormalization,
  InstanceNormalization: instanceNormalization,
  LayerNormalization: layerNormalization,
}
