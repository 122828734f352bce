import type { PlayerOptions } from '../game/player-options.ts'

/**
 * What moves a network that is moved once more every `every` steps, by a regularisation of its own (Karras et al. 2020, appendix B): with
 * c = k/(k + 1), the rate times c, and both decays of Adam to the power of c, so that a round of k steps is as long as it was, and its
 * moments fade as fast.
 */
export function lazilyMoved(
  { learningRate, beta1, beta2 }: Pick<PlayerOptions, 'learningRate' | 'beta1' | 'beta2'>,
  every: number | undefined,
): Pick<PlayerOptions, 'learningRate' | 'beta1' | 'beta2'> {
  if (every === undefined) return { learningRate, beta1, beta2 }
  const share = every / (every + 1)
  return { learningRate: learningRate * share, beta1: beta1 ** share, beta2: beta2 ** share }
}
