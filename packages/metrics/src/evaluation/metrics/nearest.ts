import { memorisation } from '../../neighbours/memorisation.ts'
import { intervalOptions } from '../interval-options.ts'
import { shareInterval } from '../intervals.ts'
import type { MetricDefinition } from '../metric-definition.ts'

export const nearest: MetricDefinition = {
  name: 'nearest',
  description: 'how many generated samples are copies of real ones',
  needs: ['real features'],
  async compute(request) {
    const { real, generated, progress, signal } = request
    const { authenticity, exactCopies } = await memorisation(generated.features!, real.features!, { progress, signal })
    const convention = 'Alaa et al., in feature space'
    const options = intervalOptions(request)
    const interval =
      options.resamples > 0 ? await shareInterval(authenticity, generated.features!.rows, options) : undefined
    return {
      values: [
        { name: 'authenticity', value: authenticity, better: 'higher', convention, ...(interval && { interval }) },
        { name: 'exact-copies', value: exactCopies, better: 'lower', convention },
      ],
      warnings: [],
    }
  },
}
