import { countClassModes, predictedClasses } from '../../modes/class-modes.ts'
import { countMixtureModes } from '../../modes/mixture-modes.ts'
import type { EvaluationRequest, MetricValue } from '../evaluated-samples.ts'
import { intervalOptions } from '../interval-options.ts'
import { shareInterval } from '../intervals.ts'
import type { MetricDefinition } from '../metric-definition.ts'
import { scoreName } from '../score-name.ts'

/** Of the mixture where the data come from one, else of the classes that a classifier sees. */
export const modes: MetricDefinition = {
  name: 'modes',
  description: 'how many classes, or modes of a mixture, are reached, and how evenly',
  needs: ['modes'],
  async compute(request) {
    const { generated, mixture } = request
    return {
      values: mixture ? await mixtureModes(request) : classModes(request, predictedClasses(generated.logits!)),
      warnings: [],
    }
  },
}

async function mixtureModes(request: EvaluationRequest): Promise<MetricValue[]> {
  const points = request.generated.features!
  const { covered, modes: all, highQuality, divergence } = countMixtureModes(points, request.mixture!)
  const convention = `VEEGAN, of ${all}, within 3σ`
  const options = intervalOptions(request)
  const interval = options.resamples > 0 ? await shareInterval(highQuality, points.rows, options) : undefined
  return [
    { name: 'modes', value: covered, better: 'higher', convention },
    { name: 'high-quality', value: highQuality, better: 'higher', convention, ...(interval && { interval }) },
    { name: 'mode-divergence', value: divergence, better: 'lower', convention },
  ]
}

function classModes(request: EvaluationRequest, predicted: Int32Array): MetricValue[] {
  const { real, generated } = request
  const classes = generated.logits!.columns
  // Labels of the data set say something about the classifier's classes only where there are as many.
  const reference = real.labels?.every((label) => label < classes) ? real.labels : undefined
  const { covered, divergenceFromUniform, divergenceFromReference } = countClassModes(predicted, {
    classes,
    ...(reference && { reference }),
  })
  const convention = `classes of ${classes}, ${reference ? 'against real labels' : 'against equal shares'}`
  return [
    { name: scoreName(request, 'modes'), value: covered, better: 'higher', convention },
    {
      name: scoreName(request, 'class-divergence'),
      value: divergenceFromReference ?? divergenceFromUniform,
      better: 'lower',
      convention,
    },
  ]
}
