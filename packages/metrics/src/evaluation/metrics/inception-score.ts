import { inceptionScore as computeScore } from '../../metrics/inception-score.ts'
import { intervalOptions } from '../interval-options.ts'
import { inceptionInterval } from '../intervals.ts'
import type { MetricDefinition } from '../metric-definition.ts'
import { scoreName } from '../score-name.ts'

export const inceptionScore: MetricDefinition = {
  name: 'is',
  description: 'Inception Score: how sure a classifier is, and of how many classes',
  needs: ['logits'],
  async compute(request) {
    const logits = request.generated.logits!
    const splits = Math.min(10, logits.rows)
    const { value, standardDeviation, warnings } = computeScore(logits, { splits })
    const options = intervalOptions(request)
    const interval =
      options.resamples > 0 && !Number.isNaN(value)
        ? await inceptionInterval(value, logits, { splits }, options)
        : undefined
    const convention = `torch-fidelity, ${splits} splits`
    const name = scoreName(request, 'inception-score')
    return {
      values: [{ name, value, standardDeviation, better: 'higher', convention, ...(interval && { interval }) }],
      warnings,
    }
  },
}
