import { kernelDistance } from '../../metrics/kernel-distance.ts'
import { intervalOptions } from '../interval-options.ts'
import { kernelInterval } from '../intervals.ts'
import type { MetricDefinition } from '../metric-definition.ts'
import { scoreName } from '../score-name.ts'

export const kid: MetricDefinition = {
  name: 'kid',
  description: 'kernel distance between the features of both sides',
  needs: ['real features'],
  ofBaselines: true,
  async compute(request) {
    const [real, generated] = [request.real.features!, request.generated.features!]
    const { products, progress, signal } = request
    const subsetSize = Math.min(1000, real.rows, generated.rows)
    const { value, standardDeviation } = await kernelDistance(real, generated, {
      subsetSize,
      progress,
      signal,
      ...(products && { products }),
    })
    const options = intervalOptions(request)
    const interval = options.resamples > 0 ? await kernelInterval(value, real, generated, options) : undefined
    const convention = `torch-fidelity, 100 subsets of ${subsetSize}`
    const name = scoreName(request, 'kid')
    return {
      values: [{ name, value, standardDeviation, better: 'lower', convention, ...(interval && { interval }) }],
      warnings: [],
    }
  },
}
