import type { RunHistory } from '@gantry/runs'
import { type Curve, drawCurves } from '../curves.ts'
import type { RunChart } from './curve-sections.ts'

interface HealthChart extends Omit<RunChart, 'svg'> {
  readonly y: string
  readonly shows: (reading: string) => boolean
  readonly logarithmic?: true
}

const among = (...names: string[]) => ((reading: string) => names.includes(reading)) satisfies HealthChart['shows']

const CHARTS: readonly HealthChart[] = [
  {
    ...{ name: 'health-discriminator', title: 'Whether the discriminator can tell', y: 'share' },
    hint: 'Shares of real and of generated samples that it is right about, and how often it rates a real one above a generated one (separation): all near one half where it cannot tell. Overfitting is 0 where held-out samples are rated like those it is trained on, 1 where they are rated like generated ones.',
    shows: among('realAccuracy', 'fakeAccuracy', 'separation', 'overfitting'),
  },
  {
    ...{ name: 'health-samples', title: 'Samples beside real ones', y: 'share, or ratio' },
    hint: 'Diversity is 1 where samples are as different from each other as real ones; precision is the share of samples that lie among real ones, coverage that of real ones with a sample near; neighbours tell nothing at one half.',
    shows: among('diversity', 'precision', 'coverage', 'neighbourAccuracy', 'copies'),
  },
  {
    ...{ name: 'health-movement', title: 'How far samples move', y: 'of the distance between two real ones' },
    hint: 'Samples of the same noise, from one look to the next.',
    shows: among('movement'),
  },
  {
    ...{ name: 'health-gradients', title: 'Gradients', y: 'norm', logarithmic: true },
    hint: 'Norms over all weights of a network, of the mean that its optimizer keeps.',
    shows: (reading) => reading.endsWith('GradientNorm'),
  },
  {
    ...{ name: 'health-weights', title: 'Weights', y: 'norm', logarithmic: true },
    hint: 'Norms over all weights of a network.',
    shows: (reading) => reading.endsWith('WeightNorm'),
  },
]

/** What was read off samples, weights and gradients while a run trained. */
export function healthCharts({ health }: Pick<RunHistory, 'health'>): RunChart[] {
  const readings = [...new Set(health.flatMap((event) => Object.keys(event.readings)))]
  return CHARTS.flatMap(({ shows, y, logarithmic, ...chart }) => {
    const names = readings.filter(shows)
    if (names.length === 0) return []
    const curves = names.map((name): Curve => {
      const points = health.flatMap(({ step, readings: own }) => (name in own ? [[step, own[name]!] as const] : []))
      // A logarithm has no place for a gradient of nothing.
      return { name, points: logarithmic ? points.filter(([, value]) => value > 0) : points }
    })
    return [{ ...chart, svg: drawCurves(curves, { x: 'step', y, ...(logarithmic && { logarithmic }) }) }]
  })
}
