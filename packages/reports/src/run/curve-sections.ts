import type { RunHistory } from '@gantry/runs'
import { type Curve, drawCurves } from '../curves.ts'
import { section } from '../html.ts'
import { healthCharts } from './health-charts.ts'

/** A chart of a run: its name is that of a file, too. */
export interface RunChart {
  readonly name: string
  readonly title: string
  readonly hint: string
  readonly svg: string
}

/** More points than this are thinned out. */
const MOST_POINTS = 600

/** Losses and their terms in one, what the discriminator thinks in another, and every score on its own axis. */
export function chartsOf({ steps, scores, health }: RunHistory): RunChart[] {
  const scalars = [...new Set(steps.flatMap((event) => Object.keys(event.scalars)))]
  const opinions = scalars.filter((name) => /(Probability|Score)$/.test(name))
  const losses = scalars.filter((name) => !opinions.includes(name))
  const thin = Math.ceil(steps.length / MOST_POINTS)
  const shown = steps.filter((_, index) => index % thin === 0 || index === steps.length - 1)
  const curves = (names: readonly string[]): Curve[] =>
    names.map((name) => ({
      name,
      points: shown.flatMap(({ step, scalars: own }) => (name in own ? [[step, own[name]!] as const] : [])),
    }))
  const charts: RunChart[] = []
  if (losses.length > 0) {
    charts.push({
      name: 'losses',
      title: 'Losses',
      hint: 'As they were logged, one batch each: a loss of a GAN says who is ahead, and not how good the samples are.',
      svg: drawCurves(curves(losses), { x: 'step', y: 'loss' }),
    })
  }
  if (opinions.length > 0) {
    charts.push({
      name: 'discriminator',
      title: 'What the discriminator says',
      hint: 'Of real and of generated samples, on average. Where both meet, it cannot tell them apart.',
      svg: drawCurves(curves(opinions), {
        x: 'step',
        y: opinions[0]!.endsWith('Probability') ? 'probability' : 'score',
      }),
    })
  }
  for (const name of [...new Set(scores.flatMap((event) => Object.keys(event.scores)))]) {
    const points = scores.flatMap(({ step, scores: own }) => (name in own ? [[step, own[name]!] as const] : []))
    charts.push({
      name: `score-${name}`,
      title: name,
      hint: 'As it was scored on the way, of fewer samples than an evaluation has.',
      svg: drawCurves([{ name, points }], { x: 'step', y: name, marks: true, height: 260 }),
    })
  }
  return [...charts, ...healthCharts({ health })]
}

export function chartSections(charts: readonly RunChart[]): string {
  return charts.map(({ title, hint, svg }) => section(title, `<figure class="curve">${svg}</figure>`, hint)).join('\n')
}
