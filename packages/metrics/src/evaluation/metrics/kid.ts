import { kernelDistance } from '../../metrics/kernel-distance.ts'
import { intervalOptions } from '../interval-options.ts'
import { kernelInterval } from '../intervals.ts'
import type { MetricDefinition } from '../metric-definition.ts'
import { scoreName } from '../score-name.ts'

/** As torch-fidelity has them. */
const [SUBSETS, SUBSET_SIZE] = [100, 1000]

export const kid: MetricDefinition = {
  name: 'kid',
  description: 'kernel distance between the features of both sides',
  needs: ['real features'],
  ofBaselines: true,
  async compute(request) {
    const [real, generated] = [request.real.features!, request.generated.features!]
    const { products, progress, signal } = request
    const subsetSize = Math.min(SUBSET_SIZE, real.rows, generated.rows)
    // Subsets that are all there is are the same one: they would differ by rounding, which looks like great precision.
    const isWhole = subsetSize === real.rows && subsetSize === generated.rows
    const subsets = isWhole ? 1 : SUBSETS
    const { value, standardDeviation } = await kernelDistance(real, generated, {
      subsets,
      subsetSize,
      progress,
      signal,
      ...(products && { products }),
    })
    const options = intervalOptions(request)
    const interval = options.resamples > 0 ? await kernelInterval(value, real, generated, options) : undefined
    const convention = `torch-fidelity, ${isWhole ? `all ${subsetSize} at once` : `${SUBSETS} subsets of ${subsetSize}`}`
    const deviation = isWhole ? {} : { standardDeviation }
    const name = scoreName(request, 'kid')
    return {
      values: [{ name, value, ...deviation, better: 'lower', convention, ...(interval && { interval }) }],
      warnings: [],
    }
  },
}
