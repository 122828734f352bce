/**
 * A convolutional network as data: what is built as a graph and what its weights must look like both follow from it.
 *
 * Every convolution is followed by a ReLU; the networks here have no other activation.
 */
export type Step = ConvolutionStep | PoolStep | ForkStep

export interface ConvolutionStep {
  readonly kind: 'convolution'
  /** Name of the layer in the weights. */
  readonly name: string
  readonly filters: number
  readonly kernel: readonly [height: number, width: number]
  readonly stride: number
  readonly padding: readonly [vertical: number, horizontal: number]
}

export interface PoolStep {
  readonly kind: 'pool'
  readonly operator: 'MaxPool' | 'AveragePool'
  readonly stride: number
  readonly padding: number
  /** Windows that begin inside and end outside count. */
  readonly ceil: boolean
  readonly size: number
}

/** All branches read the same value; their results are concatenated by channels. */
export interface ForkStep {
  readonly kind: 'fork'
  readonly branches: readonly (readonly Step[])[]
}

/** By default padded so that a stride of one keeps the size. */
export function convolution(
  name: string,
  filters: number,
  kernel: number | readonly [height: number, width: number],
  { stride = 1, padding }: { readonly stride?: number; readonly padding?: number } = {},
): ConvolutionStep {
  const [height, width] = typeof kernel === 'number' ? [kernel, kernel] : kernel
  const around = (length: number) => padding ?? Math.floor(length / 2)
  return {
    kind: 'convolution',
    name,
    filters,
    kernel: [height, width],
    stride,
    padding: [around(height), around(width)],
  }
}

export function pool(
  operator: PoolStep['operator'],
  size: number,
  {
    stride,
    padding = 0,
    ceil = false,
  }: { readonly stride: number; readonly padding?: number; readonly ceil?: boolean },
): PoolStep {
  return { kind: 'pool', operator, size, stride, padding, ceil }
}

export function fork(...branches: readonly (readonly Step[])[]): ForkStep {
  return { kind: 'fork', branches }
}
