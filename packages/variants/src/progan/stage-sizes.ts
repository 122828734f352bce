import { ConfigurationError } from '@gantry/core'
import { doublingsTo, FIRST_SIDE } from '../architectures/doubling-maps.ts'
import type { ProganOptions } from './progan-options.ts'

/** What a stage trains. */
export interface GrowthStage {
  /** `4x4`, `8x8-fade-in`, `8x8` … */
  readonly name: string
  /** Side of its images. */
  readonly size: number
  /** Where layers fade in: the side of the images before, and over how many steps. */
  readonly fade?: { readonly from: number; readonly steps: number }
  /** How long it lasts; the last takes what is left. */
  readonly steps?: number
}

const nearestPower = (side: number) => Math.max(FIRST_SIDE, 2 ** Math.round(Math.log2(side)))
const isPower = (side: number) => side >= FIRST_SIDE && Number.isInteger(Math.log2(side))

/**
 * The stages of progressive growing (Karras et al. 2018, figure 2): one at each size, and before it, for all but the first, one in
 * which what is new fades in.
 *
 * @param shape of the images of the data: [height, width, channels]
 * @throws ConfigurationError `SIZE_IMPOSSIBLE`, `STAGE_SIZES_INVALID`, with what fits
 */
export function growthStages(
  { stageSizes, fadeImages, stableImages }: Pick<ProganOptions, 'stageSizes' | 'fadeImages' | 'stableImages'>,
  shape: readonly number[],
  batchSize: number,
): readonly GrowthStage[] {
  const size = sizeOf(shape)
  const sizes = stageSizes ?? doublingsTo(size)
  checkSizes(sizes, size)
  const stepsOf = (images: number) => Math.ceil(images / batchSize)
  return sizes.flatMap((side, index) => {
    const name = `${side}x${side}`
    const from = sizes[index - 1]
    const stable = { name, size: side, ...(index < sizes.length - 1 && { steps: stepsOf(stableImages) }) }
    if (from === undefined || fadeImages === 0) return [stable]
    const steps = stepsOf(fadeImages)
    return [{ name: `${name}-fade-in`, size: side, fade: { from, steps }, steps }, stable]
  })
}

function sizeOf([height = 0, width = 0]: readonly number[]): number {
  if (height === width && isPower(height)) return height
  throw new ConfigurationError({
    code: 'SIZE_IMPOSSIBLE',
    message: `Networks that grow make square images whose sides are powers of two from ${FIRST_SIDE} on, but the data have ${height}×${width} pixels.`,
    fix: `Use --size ${nearestPower(Math.max(height, width))}.`,
  })
}

function checkSizes(sizes: readonly number[], size: number): void {
  const problem = problemOf(sizes, size)
  if (problem === undefined) return
  const nearest = [...new Set(sizes.map(nearestPower))].filter((side) => side < size).sort((a, b) => a - b)
  throw new ConfigurationError({
    code: 'STAGE_SIZES_INVALID',
    message: `stageSizes ${sizes.join(', ')}: ${problem}.`,
    fix: `Use --set stageSizes=${[...nearest, size].join(',')}, or leave it out for ${doublingsTo(size).join(', ')}.`,
  })
}

function problemOf(sizes: readonly number[], size: number): string | undefined {
  const odd = sizes.find((side) => !isPower(side))
  if (odd !== undefined) return `${odd} is no power of two from ${FIRST_SIDE} on`
  const falling = sizes.find((side, index) => index > 0 && side <= sizes[index - 1]!)
  if (falling !== undefined) return `${falling} is not larger than the stage before it`
  const last = sizes.at(-1)!
  return last === size
    ? undefined
    : `the last stage has ${last}×${last} pixels, but the images of the data ${size}×${size}`
}
