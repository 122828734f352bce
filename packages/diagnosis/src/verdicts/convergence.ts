import type { Look } from '../readings/readings.ts'
import { median, percent, series } from './looks.ts'
import type { VerdictRule } from './verdict-rule.ts'

/** Looks over which scores must have stood still: the second half of them is like the first. */
const WINDOW = 10
const STEADY = 0.08

/**
 * The discriminator guesses, neighbours tell little more, and both stay so (Goodfellow et al. 2014, theorem 1: D = 1/2). Of a few
 * samples a look these numbers are noisy: their medians count.
 */
export const convergence: VerdictRule = {
  name: 'convergence',
  looks: 3,
  warmUp: WINDOW,
  shows: (looks) => {
    const window = looks.slice(-WINDOW)
    const accuracies = halves(window, 'realAccuracy').map((real, half) => {
      return (real + halves(window, 'fakeAccuracy')[half]!) / 2
    })
    const neighbours = halves(window, 'neighbourAccuracy')
    const coverages = halves(window, 'coverage')
    if ([accuracies, neighbours, coverages].some((pair) => pair.some(Number.isNaN))) return undefined
    const isSteady = [neighbours, coverages].every(([first, second]) => Math.abs(first! - second!) < STEADY)
    const guesses = accuracies.every((accuracy) => Math.abs(accuracy - 0.5) < 0.08)
    // Far below a half, every sample sits on a real one, as copies and translations do: neighbours then say nothing of a game.
    const tellLittle = neighbours.every((accuracy) => Math.abs(accuracy - 0.5) < 0.17)
    if (!guesses || !isSteady || !tellLittle) return undefined
    return { accuracy: accuracies[1]!, neighbourAccuracy: neighbours[1]!, coverage: coverages[1]! }
  },
  message: ({ accuracy, neighbourAccuracy, coverage }) =>
    `The discriminator is right about ${percent(accuracy!)} of samples, nearest neighbours about ${percent(neighbourAccuracy!)}; ` +
    `${percent(coverage!)} of the real samples have generated ones near, and that stays so.`,
  remedies: [],
}

/** Medians of a reading in the first and in the second half of a window. */
function halves(window: readonly Look[], name: string): readonly [number, number] {
  const middle = Math.floor(window.length / 2)
  const of = (looks: readonly Look[]) => median(series(looks, name)) ?? Number.NaN
  return [of(window.slice(0, middle)), of(window.slice(middle))]
}
