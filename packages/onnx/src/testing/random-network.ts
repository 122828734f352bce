import { float32, type NDArray, RandomStream, sizeOfShape } from '@gantry/core'
import { attribute, type Graph } from '../graph.ts'
import { GraphBuilder } from '../graph-builder.ts'
import { integers } from './run-graph.ts'

/** A value on its way through the network: channels-last or channels-first images of 8×8, or vectors. */
interface Value {
  readonly name: string
  readonly channels: number
  readonly layout: 'last' | 'first' | 'flat'
}

const SIDE = 4
const TO_FIRST = { perm: attribute.ints([0, 3, 1, 2]) }
const TO_LAST = { perm: attribute.ints([0, 2, 3, 1]) }

/**
 * A random image network as an exporter writes it that knows nothing of its neighbours: every convolution with transposes
 * around it, batch normalization in pieces, weights that are reshaped and transposed where they are used, values that
 * several nodes read.
 */
export function randomNetwork(seed: number, size = 14): Graph {
  const random = new RandomStream(seed, 'random network')
  const builder = new GraphBuilder(`network_${seed}`)
  const pick = <Item>(items: readonly Item[]) => items[random.integer(items.length)]!
  const draw = (...shape: number[]): NDArray => {
    const numbers = random.fillNormal(new Float32Array(sizeOfShape(shape)))
    return float32(
      shape,
      numbers.map((value) => value / 2 + 0.1),
    )
  }
  let weights = 0
  const weight = (...shape: number[]) => builder.initializer(`layer_${weights++}/kernel`, draw(...shape))

  const first = ({ name, layout }: Value) => (layout === 'first' ? name : builder.node('Transpose', [name], TO_FIRST))
  const convolve = (value: Value): Value => {
    const [groups, channels] = [random.integer(2) + 1, 2 + 2 * random.integer(2)]
    const transposed = random.integer(3) === 0
    const shape = transposed ? [value.channels, channels / groups, 3, 3] : [channels, value.channels / groups, 3, 3]
    const [a, b, c, d] = shape as [number, number, number, number]
    const kernel =
      random.integer(2) === 0
        ? weight(a, b, c, d)
        : builder.node('Transpose', [weight(c, d, b, a)], { perm: attribute.ints([3, 2, 0, 1]) })
    const inputs = [first(value), kernel, ...(random.integer(3) === 0 ? [builder.constant(draw(channels))] : [])]
    const attributes = { group: attribute.int(groups), pads: attribute.ints([1, 1, 1, 1]) }
    const name = builder.node(transposed ? 'ConvTranspose' : 'Conv', inputs, attributes)
    if (random.integer(2) === 0) return { name, channels, layout: 'first' }
    return { name: builder.node('Transpose', [name], TO_LAST), channels, layout: 'last' }
  }
  const perChannel = ({ channels, layout }: Value) => {
    const scalar = random.integer(6) === 0
    if (layout === 'first') return builder.constant(scalar ? draw() : draw(channels, 1, 1))
    const shape = pick([[channels], [1, channels], [1, 1]])
    return random.integer(3) === 0
      ? builder.node('Exp', [builder.constant(draw(...shape))])
      : builder.constant(draw(...shape))
  }
  const affine = (value: Value): Value => {
    const operator = pick(['Add', 'Sub', 'Mul', 'Div'])
    const constant = operator === 'Div' ? builder.node('Exp', [perChannel(value)]) : perChannel(value)
    const swapped = operator !== 'Div' && random.integer(3) === 0
    return { ...value, name: builder.node(operator, swapped ? [constant, value.name] : [value.name, constant]) }
  }
  const normalize = (value: Value): Value => {
    if (value.layout !== 'first') return affine(affine(value))
    const parameters = [0, 1, 2].map(() => builder.constant(draw(value.channels)))
    const variance = builder.node('Exp', [builder.constant(draw(value.channels))])
    return { ...value, name: builder.node('BatchNormalization', [value.name, ...parameters, variance]) }
  }
  const activate = (value: Value): Value => {
    const name = builder.node(pick(['Relu', 'Tanh', 'Sigmoid', 'Neg']), [value.name])
    return { ...value, name }
  }
  const join = (value: Value): Value => {
    const other = activate(value)
    const axis = value.layout === 'first' ? 1 : -1
    const name = builder.node('Concat', [value.name, other.name], { axis: attribute.int(axis) })
    return { ...value, name, channels: value.channels * 2 }
  }
  const dense = (value: Value): Value => {
    const features = value.layout === 'flat' ? value.channels : value.channels * SIDE * SIDE
    const last = value.layout === 'first' ? builder.node('Transpose', [value.name], TO_LAST) : value.name
    const flat = builder.node('Reshape', [last, builder.constant(integers(-1, features))])
    const channels = 2 + 2 * random.integer(2)
    const units = random.integer(2) === 0 ? channels : channels * SIDE * SIDE
    const transB = random.integer(2)
    const kernel = transB === 1 ? weight(units, features) : weight(features, units)
    const product =
      transB === 0 && random.integer(2) === 0
        ? builder.node('MatMul', [flat, kernel])
        : builder.node('Gemm', [flat, kernel], {
            transB: attribute.int(transB),
            alpha: attribute.float(pick([1, 0.5])),
          })
    // As TF.js layers do it: the product under a shape with a leading one, and back.
    const lifted = builder.node('Reshape', [product, builder.constant(integers(1, -1, units))])
    const shifted = builder.node('Add', [lifted, builder.constant(draw(units))])
    const lowered = builder.node('Reshape', [shifted, builder.constant(integers(-1, units))])
    if (units === channels) return { name: lowered, channels, layout: 'flat' }
    const image = builder.node('Reshape', [
      activate({ name: lowered, channels, layout: 'flat' }).name,
      builder.constant(integers(-1, SIDE, SIDE, channels)),
    ])
    return { name: image, channels, layout: 'last' }
  }

  let value: Value = {
    name: builder.input('x', { dtype: 'float32', shape: ['batch', SIDE, SIDE, 2] }),
    channels: 2,
    layout: 'last',
  }
  const seen: Value[] = []
  for (let step = 0; step < size; step++) {
    const recipes = [affine, affine, normalize, activate, dense]
    if (value.layout !== 'flat') recipes.push(convolve, convolve, convolve)
    if (value.channels < 9) recipes.push(join)
    value = pick(recipes)(value)
    // Values that something else needs, too, must keep their numbers.
    if (random.integer(5) === 0) seen.push(value)
  }
  for (const [index, { name }] of [...seen, value].entries()) builder.output(`output_${index}`, name)
  return builder.build()
}
