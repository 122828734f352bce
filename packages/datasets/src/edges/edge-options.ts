import { ConfigurationError } from '@gantry/core'
import type { DatasetOption, OpenDatasetOptions } from '../dataset-definition.ts'
import type { EdgeOptions } from './canny.ts'

/** What draws emoji of 64 pixels as a person would: their outlines, and their parts that are told apart by more than shading. */
const USUAL: EdgeOptions = { sigma: 1, lowThreshold: 0.1, highThreshold: 0.3 }

/** Wider blurs leave nothing of an image that any network here is trained on. */
const WIDEST = 100

/** The steepest slope of values from 0 to 1, by Sobel's operators. */
const STEEPEST = Math.sqrt(32)

export const edgeOptions: readonly DatasetOption[] = [
  {
    name: 'sigma',
    description: `standard deviation, in pixels, of the blur before edges are looked for; ${USUAL.sigma} by default`,
    check(sigma, dataset) {
      if (isNumber(sigma) && sigma > 0 && sigma <= WIDEST) return
      throw new ConfigurationError({
        code: 'SIGMA_INVALID',
        message: `The sigma of ${dataset} is a number of pixels above 0 and up to ${WIDEST}, not ${JSON.stringify(sigma)}.`,
        fix: `${USUAL.sigma} is usual; more leaves out what is small.`,
      })
    },
  },
  threshold('highThreshold', 'from which on a pixel begins a line'),
  threshold('lowThreshold', 'from which on a pixel continues a line'),
]

function threshold(name: 'highThreshold' | 'lowThreshold', does: string): DatasetOption {
  return {
    name,
    description: `slope ${does}, as scikit-image counts it: a step from black to white has 2.6 at the usual sigma; ${USUAL[name]} by default`,
    check(value, dataset) {
      if (isNumber(value) && value >= 0 && value <= STEEPEST) return
      throw new ConfigurationError({
        code: 'THRESHOLD_INVALID',
        message: `The ${name} of ${dataset} is a number from 0 to ${STEEPEST.toFixed(2)}, the steepest slope there is, not ${JSON.stringify(value)}.`,
        fix: `${USUAL[name]} is usual; more leaves out what is faint.`,
      })
    },
  }
}

/**
 * What these options say of edges.
 *
 * @throws ConfigurationError `THRESHOLD_INVALID` where lines would have to be stronger to go on than to begin
 */
export function edgeOptionsOf(options: OpenDatasetOptions): EdgeOptions {
  const given = options as Partial<EdgeOptions>
  const { sigma = USUAL.sigma, lowThreshold = USUAL.lowThreshold, highThreshold = USUAL.highThreshold } = given
  if (lowThreshold <= highThreshold) return { sigma, lowThreshold, highThreshold }
  throw new ConfigurationError({
    code: 'THRESHOLD_INVALID',
    message: `Lines would begin at a slope of ${highThreshold} (highThreshold) and end below one of ${lowThreshold} (lowThreshold), which is more.`,
    fix: 'Make lowThreshold smaller, or highThreshold larger; a third of it is usual.',
  })
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}
