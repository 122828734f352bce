import { backend_util } from '@tensorflow/tfjs-core'

type Triple = [number, number, number]

/**
 * TensorFlow's padding `same` of volumes, max(0, …) on each axis, where TF.js's own is negative: where a step is longer than the
 * window. Undefined where both agree.
 */
export function mendedPadding(
  shape: readonly number[],
  window: readonly number[],
  { strides, dilations = 1, pad }: { strides: number | number[]; dilations?: number | number[]; pad: unknown },
): [number, number][] | undefined {
  if (pad !== 'same') return undefined
  const filter = [...window.slice(0, 3), shape[4]!, 1] as [...Triple, number, number]
  const info = backend_util.computeConv3DInfo(shape as never, filter, strides as never, dilations as never, 'same')
  const { front, top, left } = info.padInfo
  if (front >= 0 && top >= 0 && left >= 0) return undefined
  const axes = [
    [info.outDepth, info.strideDepth, info.effectiveFilterDepth, info.inDepth],
    [info.outHeight, info.strideHeight, info.effectiveFilterHeight, info.inHeight],
    [info.outWidth, info.strideWidth, info.effectiveFilterWidth, info.inWidth],
  ] as const
  const inner = axes.map(([count, step, reach, length]): [number, number] => {
    const total = Math.max(0, (count - 1) * step + reach - length)
    return [Math.floor(total / 2), Math.ceil(total / 2)]
  })
  return [[0, 0], ...inner, [0, 0]]
}
