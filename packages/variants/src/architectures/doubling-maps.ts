import { z } from 'zod'

// Of networks whose maps double their side from one size to the next, and have fewer channels the larger they are.

/** Side of the smallest maps. */
export const FIRST_SIDE = 4

/** 4, 8, 16 … up to this side, a power of two. */
export function doublingsTo(side: number): number[] {
  return Array.from({ length: Math.log2(side / FIRST_SIDE) + 1 }, (_, index) => FIRST_SIDE * 2 ** index)
}

/** Channels of a map of this side. */
export function channelsAt(side: number, most: number, base: number): number {
  return Math.max(1, Math.min(Math.floor(base / side), most))
}

/** The option that `base` comes from. */
export const channelBase = z
  .number()
  .int()
  .min(4)
  .max(1_000_000)
  .describe('channels times side that maps have at most: large ones have fewer channels')
