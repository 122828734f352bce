import { float32 } from '@gantry/core'
import { attribute, type Node } from '../graph.ts'
import { type Change, hasOutput, intOf, type Upgrade, type UpgradeContext, without } from './upgrade.ts'

/** All axes from `axis` on counted as one; now a single axis does. */
const flattened: Upgrade = (node, context) => {
  const [input] = node.inputs as [string]
  const [output] = node.outputs as [string]
  const axis = intOf(node, 'axis', 1)
  const rank = context.spec(input)?.shape.length
  const last = { ...node.attributes, axis: attribute.int(-1) }
  if (rank !== undefined && (axis < 0 ? axis + rank : axis) === rank - 1) return [{ ...node, attributes: last }]
  const [flat, result, shape] = ['flat', 'rows', 'shape'].map((stem) => context.freshName(`${output}_${stem}`)) as [
    string,
    string,
    string,
  ]
  const call = (operator: string, inputs: readonly string[], name: string, attributes: Node['attributes'] = {}) => ({
    operator,
    name,
    inputs,
    outputs: [name],
    attributes,
  })
  return [
    call('Shape', [input], shape),
    call('Flatten', [input], flat, { axis: attribute.int(axis) }),
    { ...node, inputs: [flat], outputs: [result], attributes: last },
    { ...call('Reshape', [result, shape], output), name: context.freshName(`${output}_reshaped`) },
  ]
}

/** Statistics of the batch were asked for by more outputs, and by `is_test` before that. */
const batchNormalization: Upgrade = (node, { opset }) => {
  const trains = opset < 7 && intOf(node, 'is_test', 0) !== 1
  const extra = node.outputs.slice(1).some((_, index) => hasOutput(node, index + 1))
  if (trains || extra || intOf(node, 'spatial', 1) !== 1) return undefined
  return [{ ...node, outputs: [node.outputs[0]!], attributes: without(node.attributes, 'spatial', 'is_test') }]
}

/** As Resize works that way today: no half pixels, rounding down. */
function resized(node: Node, scales: string): readonly Node[] {
  const { mode } = node.attributes
  const linear = mode?.value === 'linear' || mode?.value === 'bilinear'
  return [
    {
      ...node,
      operator: 'Resize',
      inputs: [node.inputs[0]!, '', scales],
      attributes: {
        mode: attribute.string(linear ? 'linear' : 'nearest'),
        coordinate_transformation_mode: attribute.string('asymmetric'),
        nearest_mode: attribute.string('floor'),
      },
    },
  ]
}

const upsample: Upgrade = (node, context) => {
  const given = node.inputs[1] ?? ''
  if (given !== '') return resized(node, given)
  const { scales, height_scale: height, width_scale: width } = node.attributes
  const factors =
    scales?.type === 'floats'
      ? scales.value
      : height?.type === 'float' && width?.type === 'float'
        ? [1, 1, height.value, width.value]
        : undefined
  if (factors === undefined) return undefined
  return resized(node, context.addConstant(`${node.outputs[0]}_scales`, float32([factors.length], factors)))
}

const resize: Upgrade = (node, context) => {
  const { mode, coordinate_transformation_mode: coordinates } = node.attributes
  if (context.opset >= 11) {
    // Gone from the newer sets.
    if (coordinates?.value === 'tf_half_pixel_for_nn') return undefined
    const [input, region = '', , sizes = ''] = node.inputs
    // Scales stood beside sizes, and did not count.
    return [sizes === '' ? node : { ...node, inputs: [input!, region, '', sizes] }]
  }
  // Engines do not agree on how nearest pixels were found when an image became smaller.
  return mode?.value === 'linear' || grows(node.inputs[1], context) ? resized(node, node.inputs[1]!) : undefined
}

function grows(scales: string | undefined, context: UpgradeContext): boolean {
  const array = context.constant(scales)
  return array !== undefined && Array.from(array.data as Float32Array).every((scale) => scale >= 1)
}

/** The pixels' centres moved with the new default. */
const roiAlign: Upgrade = (node) => [
  {
    ...node,
    attributes: { ...node.attributes, coordinate_transformation_mode: attribute.string('output_half_pixel') },
  },
]

const scatter: Upgrade = (node) => [{ ...node, operator: 'ScatterElements' }]

/** What the first versions meant is not written down well enough, or has no equivalent. */
const unclear: Upgrade = () => undefined

/** Operators that work on axes, images and sequences. */
export const structureChanges: Readonly<Record<string, Change>> = {
  BatchNormalization: { below: 14, upgrade: batchNormalization },
  GRU: { below: 7, upgrade: unclear },
  GlobalLpPool: { below: 2, upgrade: unclear },
  Hardmax: { below: 13, upgrade: flattened },
  LSTM: { below: 7, upgrade: unclear },
  LogSoftmax: { below: 13, upgrade: flattened },
  LpPool: { below: 2, upgrade: unclear },
  RNN: { below: 7, upgrade: unclear },
  Resize: { below: 13, upgrade: resize },
  RoiAlign: { below: 16, upgrade: roiAlign },
  Scan: { below: 9, upgrade: unclear },
  Scatter: { below: 11, upgrade: scatter },
  Softmax: { below: 13, upgrade: flattened },
  Tile: { below: 6, upgrade: unclear },
  Upsample: { below: 10, upgrade: upsample },
}
