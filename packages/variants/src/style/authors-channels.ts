import { channelsAt } from '../architectures/doubling-maps.ts'

/** What channels of maps are made by: see {@link channelsAt}. */
export interface ChannelRule {
  /** Channels of the small maps. */
  readonly width: number
  /** The least and the most that `channelBase` can be. */
  readonly base: readonly [least: number, most: number]
}

/**
 * The rule that gives maps their channels, from these channels: min(⌊base/side⌋, width).
 *
 * @param channels by side, 4 pixels among them
 * @returns undefined where no rule does
 */
export function channelRule(channels: ReadonlyMap<number, number>): ChannelRule | undefined {
  const width = Math.max(...channels.values())
  let [least, most] = [0, Number.POSITIVE_INFINITY]
  for (const [side, own] of channels) {
    least = Math.max(least, own * side)
    if (own < width) most = Math.min(most, own * side + side - 1)
  }
  if (least > most) return undefined
  const fits = [...channels].every(([side, own]) => channelsAt(side, width, least) === own)
  return fits ? { width, base: [least, most] } : undefined
}
