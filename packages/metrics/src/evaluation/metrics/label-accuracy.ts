import { counted } from '@gantry/core'
import { labelAccuracy } from '../../labelled/label-accuracy.ts'
import { predictedClasses } from '../../modes/class-modes.ts'
import { intervalOptions } from '../interval-options.ts'
import { shareInterval } from '../intervals.ts'
import type { MetricDefinition } from '../metric-definition.ts'
import { scoreName } from '../score-name.ts'

/** Whether a conditional generator makes what it is asked for. */
export const labelAccuracyMetric: MetricDefinition = {
  name: 'label-accuracy',
  description: 'how often a classifier sees the class that was asked for',
  needs: ['logits', 'labels'],
  async compute(request) {
    const { generated } = request
    const logits = generated.logits!
    const { accuracy, perClass } = labelAccuracy(predictedClasses(logits), generated.labels!, logits.columns)
    const options = intervalOptions(request)
    const interval = options.resamples > 0 ? await shareInterval(accuracy, logits.rows, options) : undefined
    const lowest = Math.min(...perClass.filter((share) => !Number.isNaN(share)))
    const convention = `of ${counted(logits.columns, 'class', 'classes')}, as ${request.extractor.name} sees them`
    return {
      values: [
        {
          name: scoreName(request, 'label-accuracy'),
          value: accuracy,
          better: 'higher',
          convention,
          ...(interval && { interval }),
        },
        {
          name: scoreName(request, 'lowest-label-accuracy'),
          value: lowest,
          better: 'higher',
          convention: `${convention}, the class that has the lowest`,
        },
      ],
      warnings: [],
    }
  },
}
