import { LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

use([LineChart, GridComponent, LegendComponent, SVGRenderer])

/** A line of a chart. */
export interface Curve {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
  /** Drawn with dashes: the other side of a comparison. */
  readonly dashed?: true
  /** Lines of one colour belong together. */
  readonly color?: string
}

export interface CurvesOptions {
  readonly x: string
  readonly y: string
  /** A logarithmic axis, for numbers above 0. */
  readonly logarithmic?: boolean
  /** Whether points are marked. */
  readonly marks?: boolean
  readonly width?: number
  readonly height?: number
}

/** Greys that can be read on white and on black. */
const INK = '#7d8794'
const GRID = '#7d879433'

/** Colours that most eyes can tell apart (Okabe and Ito 2008, and lighter ones), on white and on black. */
export const CURVE_COLORS = [
  ...['#2f7fd0', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#a3792c'],
  ...['#8a8a8a', '#9b59d0', '#3aa6a6', '#c0392b', '#6b8e23', '#a0522d'],
]

const ROW = 22
const NAMES_A_ROW = 5

/**
 * Draws lines as an SVG, the same bytes for the same numbers. Numbers that are not finite are gaps.
 *
 * @example
 * ```ts
 * const svg = drawCurves([{ name: 'generator', points: [[0, 1.2], [10, 0.9]] }], { x: 'step', y: 'loss' })
 * ```
 */
export function drawCurves(curves: readonly Curve[], options: CurvesOptions): string {
  const { x, y, logarithmic = false, marks = false, width = 760, height = 380 } = options
  const legend = ROW * Math.ceil(curves.length / NAMES_A_ROW)
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  const text = { color: INK }
  const axis = { axisLabel: text, nameTextStyle: text, splitLine: { lineStyle: { color: GRID } } }
  try {
    chart.setOption({
      animation: false,
      color: CURVE_COLORS,
      legend: { bottom: 0, textStyle: text, itemWidth: 16, itemHeight: 4, icon: 'roundRect' },
      grid: { left: 64, right: 20, top: 34, bottom: legend + 48 },
      xAxis: { ...axis, type: 'value', name: x, nameLocation: 'middle', nameGap: 26 },
      yAxis: {
        ...axis,
        type: logarithmic ? 'log' : 'value',
        scale: true,
        name: y,
        nameTextStyle: { ...text, align: 'left' },
      },
      series: curves.map(({ name, points, dashed, color }) => ({
        type: 'line',
        name,
        data: points.map(([at, value]) => [at, Number.isFinite(value) && (!logarithmic || value > 0) ? value : '-']),
        // One point is no line.
        showSymbol: marks || points.length === 1,
        symbolSize: 5,
        lineStyle: { width: marks ? 2 : 1.5, type: dashed ? 'dashed' : 'solid' },
        ...(color && { itemStyle: { color } }),
      })),
    })
    return titled(withOwnNames(chart.renderToSVGString(), JSON.stringify([curves, options])), `${y} over ${x}`)
  } finally {
    chart.dispose()
  }
}

/**
 * ECharts counts the names inside of an SVG over all that a process draws; these depend on what is drawn alone, and differ between charts.
 */
function withOwnNames(svg: string, content: string): string {
  let hash = 0
  for (let index = 0; index < content.length; index++) hash = (Math.imul(hash, 31) + content.charCodeAt(index)) >>> 0
  const names = new Map<string, string>()
  return svg.replaceAll(/\bzr\d+-[a-z-]*\d+/g, (name) => {
    const own = names.get(name) ?? `c${hash.toString(36)}-${names.size}`
    names.set(name, own)
    return own
  })
}

/** With words for those who cannot see it, and without ECharts' styles for a pointer that hovers. */
function titled(svg: string, title: string): string {
  const escaped = title.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return svg
    .replace(/<style ?>[\s\S]*?<\/style>/, '')
    .replace(/^(<svg[^>]*)>/, `$1 role="img"><title>${escaped}</title>`)
}
