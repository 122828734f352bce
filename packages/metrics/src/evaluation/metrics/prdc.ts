import { neighboursOf, precisionRecall } from '../../metrics/precision-recall.ts'
import { intervalOptions } from '../interval-options.ts'
import { shareInterval } from '../intervals.ts'
import type { MetricDefinition } from '../metric-definition.ts'

export const prdc: MetricDefinition = {
  name: 'prdc',
  description: 'precision, recall, density and coverage',
  needs: ['real features'],
  countsNeighbours: true,
  async compute(request) {
    const [real, generated] = [request.real.features!, request.generated.features!]
    const { products, progress, signal } = request
    const neighbours = request.neighbours ?? neighboursOf('prdc')
    const asked = request.neighbours === undefined ? {} : { neighbours }
    const scores = await precisionRecall(real, generated, { progress, signal, ...asked, ...(products && { products }) })
    const options = intervalOptions(request)
    const convention = `prdc, k = ${neighbours}`
    const share = async (name: 'precision' | 'recall' | 'coverage', count: number) => {
      const value = scores[name]
      const interval = options.resamples > 0 ? await shareInterval(value, count, options) : undefined
      return { name, value, better: 'higher', convention, ...(interval && { interval }) } as const
    }
    return {
      values: [
        await share('precision', generated.rows),
        await share('recall', real.rows),
        { name: 'density', value: scores.density, better: 'higher', convention },
        await share('coverage', real.rows),
      ],
      warnings: scores.warnings,
    }
  },
}
