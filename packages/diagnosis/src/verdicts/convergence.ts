import { newest, pick, series } from './looks.ts'
import type { VerdictRule } from './verdict-rule.ts'

/** Looks over which scores must have stood still. */
const WINDOW = 6
const STEADY = 0.12

/** The discriminator guesses, neighbours tell little more, and both stay so (Goodfellow et al. 2014, theorem 1: D = 1/2). */
export const convergence: VerdictRule = {
  name: 'convergence',
  looks: 3,
  warmUp: WINDOW,
  shows: (looks) => {
    const found = pick(newest(looks), 'separation', 'realAccuracy', 'fakeAccuracy', 'neighbourAccuracy', 'coverage')
    if (found === undefined) return undefined
    const isSteady = ['neighbourAccuracy', 'coverage'].every((name) => {
      const values = series(looks.slice(-WINDOW), name)
      return Math.max(...values) - Math.min(...values) < STEADY
    })
    const accuracy = (found.realAccuracy + found.fakeAccuracy) / 2
    const guesses = Math.abs(accuracy - 0.5) < 0.12 && found.neighbourAccuracy < 0.65
    return guesses && isSteady ? found : undefined
  },
  message: ({ realAccuracy, fakeAccuracy, neighbourAccuracy }) =>
    `The discriminator is right about ${(50 * (realAccuracy! + fakeAccuracy!)).toFixed(0)}% of samples, nearest neighbours about ` +
    `${(100 * neighbourAccuracy!).toFixed(0)}%, and neither moves.`,
  remedies: [],
}
