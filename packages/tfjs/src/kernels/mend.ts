import {
  div,
  getKernel,
  onesLike,
  pad,
  registerKernel,
  slice,
  type Tensor,
  type TensorInfo,
  unregisterKernel,
} from '@tensorflow/tfjs-core'
import { run } from '../gradients/gradient.ts'
import { filterGradient2d } from './filter-gradient.ts'
import { maximumGradient3d } from './maximum-gradient.ts'
import { mendedPadding } from './same-padding.ts'

type KernelFunction = Parameters<typeof registerKernel>[0]['kernelFunc']
// biome-ignore lint/suspicious/noExplicitAny: every kernel has attributes of its own
type Attributes = any
type Inputs = Readonly<Record<string, Tensor>>

/** A kernel in place of TF.js's; undefined where TF.js's is right. */
type Mend = (inputs: Inputs, attributes: Attributes) => Tensor | undefined

const LOWEST_FLOAT32 = -3.4028234663852886e38

const lengthsOf = (size: number | number[]) => (typeof size === 'number' ? [size, size, size] : size)

/** The same windows over a volume that is padded beforehand. */
const pooled =
  (kernel: string, blank: number): Mend =>
  ({ x }, attributes) => {
    const paddings = mendedPadding(x!.shape, lengthsOf(attributes.filterSize), attributes)
    if (paddings === undefined) return undefined
    const whole = (values: Tensor) => run(kernel, { x: pad(values, paddings, blank) }, { ...attributes, pad: 'valid' })
    // Averages leave the padding out.
    return kernel === 'AvgPool3D' ? div(whole(x!), whole(onesLike(x!))) : whole(x!)
  }

/** Kernels of TF.js's cpu backend that compute something else than TensorFlow, and what they are to compute. */
const mends: Readonly<Record<string, Mend>> = {
  MaxPool3D: pooled('MaxPool3D', LOWEST_FLOAT32),
  AvgPool3D: pooled('AvgPool3D', 0),
  MaxPool3DGrad: ({ dy, input }, attributes) => maximumGradient3d(dy!, input!, attributes),
  Conv3D: ({ x, filter }, attributes) => {
    const paddings = mendedPadding(x!.shape, filter!.shape, attributes)
    return paddings && run('Conv3D', { x: pad(x!, paddings), filter: filter! }, { ...attributes, pad: 'valid' })
  },
  Conv3DBackpropInputV2: ({ dy, filter }, attributes) => {
    const { inputShape } = attributes as { inputShape: number[] }
    const paddings = mendedPadding(inputShape, filter!.shape, attributes)
    if (paddings === undefined) return undefined
    const padded = inputShape.map((length, axis) => length + paddings[axis]![0] + paddings[axis]![1])
    const own = { ...attributes, pad: 'valid', inputShape: padded }
    const whole = run('Conv3DBackpropInputV2', { dy: dy!, filter: filter! }, own)
    return slice(
      whole,
      paddings.map(([before]) => before),
      inputShape,
    )
  },
  Conv3DBackpropFilterV2: ({ x, dy }, attributes) => {
    const paddings = mendedPadding(x!.shape, attributes.filterShape, attributes)
    const own = { ...attributes, pad: 'valid' }
    return paddings && run('Conv3DBackpropFilterV2', { x: pad(x!, paddings), dy: dy! }, own)
  },
}

/** Kernels of TF.js's cpu backend that compute what they should, and take many times as long as they need to. */
const quicker: Readonly<Record<string, Mend>> = {
  Conv2DBackpropFilter: ({ x, dy }, attributes) => filterGradient2d(x!, dy!, attributes),
}

const mended = new WeakSet<KernelFunction>()

/** Who is to be told which kernels were mended, while something runs. */
let listener: ((kernel: string) => void) | undefined

/**
 * Replaces kernels of TF.js's cpu backend, where it is loaded, that compute something else than TensorFlow: volumes padded `same`
 * whose steps are longer than their windows, and the gradient of `maxPool3d`. The gradient of filters of `conv2d` takes less time, with
 * the same bits. Other backends are left as they are.
 *
 * Cheap to call again.
 */
export function mendKernels(): void {
  for (const [kernelName, mend] of Object.entries({ ...mends, ...quicker })) {
    const original = getKernel(kernelName, 'cpu')
    if (original == null || mended.has(original.kernelFunc)) continue
    const kernelFunc: KernelFunction = (call) => {
      const result = mend(call.inputs as unknown as Inputs, call.attrs)
      if (result === undefined) return original.kernelFunc(call)
      if (kernelName in mends) listener?.(kernelName)
      return result as TensorInfo
    }
    mended.add(kernelFunc)
    unregisterKernel(kernelName, 'cpu')
    registerKernel({ ...original, kernelFunc })
  }
}

/**
 * The kernels of which TF.js's own cpu kernel would have computed something else than TensorFlow, while `body` runs.
 *
 * @example
 * ```ts
 * const { result, kernels } = watchMended(() => tf.maxPool3d(volume, 1, 3, 'same')) // kernels: ['MaxPool3D']
 * ```
 */
export function watchMended<Result>(body: () => Result): {
  readonly result: Result
  readonly kernels: readonly string[]
} {
  const kernels = new Set<string>()
  mendKernels()
  listener = (kernel) => kernels.add(kernel)
  try {
    return { result: body(), kernels: [...kernels] }
  } finally {
    listener = undefined
  }
}
