import { type GradConfig, stridedSlice, type Tensor } from '@tensorflow/tfjs-core'
import { spreadOut } from './cutting.ts'
import { run } from './gradient.ts'

interface Geometry {
  readonly strides: number | readonly number[]
  readonly pad: unknown
  readonly dataFormat?: string
  readonly dilations?: number | readonly number[]
  readonly dimRoundingMode?: string
}

interface Family {
  readonly forward: string
  readonly byInput: string
  readonly byFilter: string
  readonly dataFormat: string
  readonly spatialAxes: number
}

/** A dilated filter is a larger one with zeros in between; the backends differentiate only undilated ones. */
function spreadFilter(filter: Tensor, dilations: readonly number[]): Tensor {
  return dilations.reduce((spread, step, axis) => spreadOut(spread, axis, step), filter)
}

/** What of a larger filter's gradient falls on the numbers of the dilated one. */
function gatherFilter(spread: Tensor, dilations: readonly number[]): Tensor {
  if (dilations.every((step) => step === 1)) return spread
  const steps = spread.shape.map((_, axis) => dilations[axis] ?? 1)
  return stridedSlice(
    spread,
    spread.shape.map(() => 0),
    spread.shape,
    steps,
  )
}

/**
 * One form carries a convolution and all its derivatives: the number Σ dy·(x ∗ filter), linear in each of the three.
 * Its derivative by dy is the convolution; by x and by filter it is the two gradient kernels. Derivatives of these three
 * kernels are the other two again, with one argument exchanged: hence every order.
 */
function convolutions({ forward, byInput, byFilter, dataFormat, spatialAxes }: Family): GradConfig[] {
  const ones = Array.from({ length: spatialAxes }, () => 1)
  const geometryOf = (attributes: unknown) => {
    const geometry = attributes as Geometry
    const { strides, pad, dimRoundingMode } = geometry
    return { strides, pad, dimRoundingMode, dataFormat: geometry.dataFormat ?? dataFormat, dilations: ones }
  }
  const convolve = (x: Tensor, filter: Tensor, attributes: unknown) =>
    run(forward, { x, filter }, geometryOf(attributes))
  const inputGradient = (dy: Tensor, filter: Tensor, inputShape: readonly number[], attributes: unknown) =>
    run(byInput, { dy, filter }, { ...geometryOf(attributes), inputShape })
  const filterGradient = (x: Tensor, dy: Tensor, filterShape: readonly number[], attributes: unknown) =>
    run(byFilter, { x, dy }, { ...geometryOf(attributes), filterShape })
  return [
    {
      kernelName: forward,
      inputsToSave: ['x', 'filter'],
      gradFunc: (gradient, saved, attributes) => {
        const dy = gradient as Tensor
        const [x, filter] = saved as [Tensor, Tensor]
        const { dilations = 1 } = attributes as unknown as Geometry
        const steps = typeof dilations === 'number' ? ones.map(() => dilations) : dilations
        const spreadShape = filter.shape.map((length, axis) => (length - 1) * (steps[axis] ?? 1) + 1)
        return {
          x: () => inputGradient(dy, spreadFilter(filter, steps), x.shape, attributes),
          filter: () => gatherFilter(filterGradient(x, dy, spreadShape, attributes), steps),
        }
      },
    },
    {
      kernelName: byInput,
      inputsToSave: ['dy', 'filter'],
      gradFunc: (gradient, saved, attributes) => {
        const x = gradient as Tensor
        const [dy, filter] = saved as [Tensor, Tensor]
        return {
          dy: () => convolve(x, filter, attributes),
          filter: () => filterGradient(x, dy, filter.shape, attributes),
        }
      },
    },
    {
      kernelName: byFilter,
      inputsToSave: ['x', 'dy'],
      gradFunc: (gradient, saved, attributes) => {
        const filter = gradient as Tensor
        const [x, dy] = saved as [Tensor, Tensor]
        return {
          x: () => inputGradient(dy, filter, x.shape, attributes),
          dy: () => convolve(x, filter, attributes),
        }
      },
    },
  ]
}

export const convolutionGradients: readonly GradConfig[] = [
  ...convolutions({
    forward: 'Conv2D',
    byInput: 'Conv2DBackpropInput',
    byFilter: 'Conv2DBackpropFilter',
    dataFormat: 'NHWC',
    spatialAxes: 2,
  }),
  ...convolutions({
    forward: 'DepthwiseConv2dNative',
    byInput: 'DepthwiseConv2dNativeBackpropInput',
    byFilter: 'DepthwiseConv2dNativeBackpropFilter',
    dataFormat: 'NHWC',
    spatialAxes: 2,
  }),
  ...convolutions({
    forward: 'Conv3D',
    byInput: 'Conv3DBackpropInputV2',
    byFilter: 'Conv3DBackpropFilterV2',
    dataFormat: 'NDHWC',
    spatialAxes: 3,
  }),
]
