import { evaluateRun } from '@gantry/runs'
import type { Protocol } from './protocol.ts'

/** Photographs are scored as they are loaded, and not by a crop. */
const WHOLE = { size: 384, loadSize: 384 }

/** Samples on either side, at most. */
const COUNT = 1_000

/**
 * How images that are made of images are scored: on those that were held out, beside what is no model. Pairs one by one, sets that do
 * not belong together by features of random convolutions, and by what comes back.
 */
export function ofTranslations(data: string): Protocol {
  const heldOut = data.replace(/^training:/, 'held-out:')
  // Halves of emoji and pictures of one field have no truth to be near to.
  const unpaired = data.includes('unpaired:')
  const isWhole = data.includes('photographs')
  return {
    text: `${COUNT.toLocaleString('en')} samples at most of ${heldOut}`,
    ...{ count: 0, curveCount: 0, main: unpaired ? 'random-conv-frechet' : 'random-conv-distance', better: 'lower' },
    open: async () => async () => ({}),
    scoreRun: async (folder) => {
      const metrics = unpaired ? ['fid', 'kid', 'cycle'] : ['psnr', 'ssim', 'l1', 'lpips', 'fid']
      const request = { metrics, count: COUNT, extractor: 'random-conv', resamples: 0 }
      const { evaluation } = await evaluateRun(folder, { ...request, ...(isWhole && { dataOptions: WHOLE }) })
      const { scores } = evaluation
      const names = [...new Set(scores.flatMap(({ baselines = {} }) => Object.keys(baselines)))]
      const ofBaseline = (baseline: string) =>
        scores.flatMap(({ name, baselines = {} }) =>
          baseline in baselines ? [[name, baselines[baseline]!] as const] : [],
        )
      return {
        scores: Object.fromEntries(scores.map(({ name, value }) => [name, value])),
        baselines: Object.fromEntries(names.map((baseline) => [baseline, Object.fromEntries(ofBaseline(baseline))])),
      }
    },
  }
}
