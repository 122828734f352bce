import type { Dimension, NDArray } from '@gantry/core'
import type { Node } from '../../graph.ts'
import type { GraphEdit } from '../graph-edit.ts'

/** y = scale·x + shift, one pair of float64 numbers a channel. */
export interface Affine {
  readonly scale: Float64Array
  readonly shift: Float64Array
}

export function identityAffine(channels: number): Affine {
  return { scale: new Float64Array(channels).fill(1), shift: new Float64Array(channels) }
}

/** First one, then the other. */
export function compose(first: Affine, then: Affine): Affine {
  return {
    scale: first.scale.map((scale, channel) => scale * then.scale[channel]!),
    shift: first.shift.map((shift, channel) => shift * then.scale[channel]! + then.shift[channel]!),
  }
}

export function scales({ scale }: Affine): boolean {
  return scale.some((value) => value !== 1)
}

export function shifts({ shift }: Affine): boolean {
  return shift.some((value) => value !== 0)
}

/** Which axis of the value holds the channels, and how many there are. */
export interface Channels {
  readonly axis: number
  readonly count: number
  readonly rank: number
}

/**
 * One number a channel, from a constant that broadcasts to a value of `rank` axes and is the same everywhere else.
 * Undefined for other constants.
 */
export function perChannel(array: NDArray, { axis, count, rank }: Channels): Float64Array | undefined {
  const missing = rank - array.shape.length
  if (!array.dtype.startsWith('float') || missing < 0) return undefined
  const place = axis - missing
  if (array.shape.some((length, own) => length !== 1 && (own !== place || length !== count))) return undefined
  const data = array.data as Float32Array
  return Float64Array.from({ length: count }, (_, channel) => data[data.length === 1 ? 0 : channel]!)
}

/**
 * What a node does to `value`, if it is affine in every channel: Add, Sub, Mul or Div with constants, Neg, or
 * BatchNormalization with its running statistics. Undefined also where a scale is infinite or no number.
 */
export function affineOf(edit: GraphEdit, node: Node, value: string, channels: Channels): Affine | undefined {
  if (node.domain !== undefined || node.outputs.slice(1).some((name) => name !== '')) return undefined
  const affine =
    node.operator === 'BatchNormalization'
      ? normalization(edit, node, value, channels)
      : arithmetic(edit, node, value, channels)
  const finite = affine?.scale.every(Number.isFinite) === true && affine.shift.every(Number.isFinite)
  return finite && keepsShape(edit, node, value) ? affine : undefined
}

/** A constant with a longer axis would repeat the value. */
function keepsShape(edit: GraphEdit, { outputs }: Node, value: string): boolean {
  const [before, after] = [edit.spec(value)?.shape, edit.spec(outputs[0]!)?.shape]
  const same = (length: Dimension, axis: number) => length === after?.[axis]
  return before !== undefined && before.length === after?.length && before.every(same)
}

function arithmetic(edit: GraphEdit, node: Node, value: string, channels: Channels): Affine | undefined {
  const { scale, shift } = identityAffine(channels.count)
  if (node.operator === 'Neg') return { scale: scale.fill(-1), shift }
  const [left, right] = node.inputs
  const other = edit.constant(left === value ? right : left)
  const numbers = other && perChannel(other, channels)
  if (numbers === undefined || node.inputs.length !== 2) return undefined
  const valueFirst = left === value
  switch (node.operator) {
    case 'Add':
      return { scale, shift: numbers }
    case 'Sub':
      return valueFirst ? { scale, shift: numbers.map((number) => -number) } : { scale: scale.fill(-1), shift: numbers }
    case 'Mul':
      return { scale: numbers, shift }
    case 'Div':
      return valueFirst ? { scale: numbers.map((number) => 1 / number), shift } : undefined
    default:
      return undefined
  }
}

function normalization(edit: GraphEdit, node: Node, value: string, { axis, count }: Channels): Affine | undefined {
  const { training_mode: training, epsilon } = node.attributes
  if (node.inputs[0] !== value || axis !== 1 || (training?.type === 'int' && training.value === 1)) return undefined
  const parameters = node.inputs.slice(1).map((name) => edit.constant(name))
  if (parameters.some((array) => array === undefined || array.data.length !== count)) return undefined
  const [gain, bias, mean, variance] = parameters.map((array) => Float64Array.from(array!.data as Float32Array))
  const spread = epsilon?.type === 'float' ? epsilon.value : 1e-5
  const scale = gain!.map((number, channel) => number / Math.sqrt(variance![channel]! + spread))
  return { scale, shift: bias!.map((number, channel) => number - mean![channel]! * scale[channel]!) }
}
