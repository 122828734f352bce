import { init } from 'echarts'
import type { LearningResult } from './result.ts'

/** A line of a chart: scores of one run on the way. */
export interface Line {
  readonly name: string
  readonly curve: LearningResult['curve']
  /** Drawn with dashes: the other side of a comparison. */
  readonly dashed?: true
  /** Lines of one colour belong together. */
  readonly color?: string
}

const [WIDTH, HEIGHT] = [760, 420]
const INK = '#57606a'
const GRID = '#d0d7de55'

/** Colours that can be told apart by most eyes, on white and on black (Okabe and Ito 2008, and lighter ones of them). */
export const COLORS = [
  ...['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#8a6d00'],
  ...['#7a7a7a', '#9b59d0', '#3aa6a6', '#c0392b', '#6b8e23', '#a0522d'],
]

/** Scores over minutes of training, as an SVG; lower is better, on a logarithmic axis. */
export function drawCurves(lines: readonly Line[], { axis }: { readonly axis: string }): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT })
  try {
    const text = { color: INK }
    const splitLine = { lineStyle: { color: GRID } }
    chart.setOption({
      animation: false,
      color: COLORS,
      legend: { type: 'plain', bottom: 0, textStyle: text, itemWidth: 22 },
      grid: { left: 60, right: 20, top: 30, bottom: 90 },
      xAxis: {
        type: 'value',
        name: 'minutes',
        nameLocation: 'middle',
        nameGap: 26,
        nameTextStyle: text,
        axisLabel: text,
        splitLine,
      },
      yAxis: { type: 'log', name: axis, nameTextStyle: { ...text, align: 'left' }, axisLabel: text, splitLine },
      series: lines.map(({ name, curve, dashed, color }) => ({
        type: 'line',
        name,
        data: curve.map(({ seconds, value }) => [seconds / 60, value]),
        symbolSize: 5,
        lineStyle: { width: 2, type: dashed ? 'dashed' : 'solid' },
        ...(color && { itemStyle: { color } }),
      })),
    })
    return chart.renderToSVGString()
  } finally {
    chart.dispose()
  }
}
