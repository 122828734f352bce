import { imageField } from '@gantry/core'
import type { VariantSource } from '../cases/cases.ts'
import { count, milliseconds, type Section } from '../markdown.ts'
import { fitExponent, rounded } from '../statistics.ts'
import type { BenchTable } from './table.ts'

const STEPS = 3
const WIDTH = 64

interface Point {
  readonly batchSize: number
  readonly width: number
  readonly side: number
}

const base: Point = { batchSize: 64, width: WIDTH, side: 28 }

interface Axis {
  readonly name: keyof Point
  readonly heading: string
  readonly points: readonly Point[]
  readonly notes?: readonly string[]
}

const axes: readonly Axis[] = [
  {
    name: 'batchSize',
    heading: 'Batch size, 28×28, width 64',
    points: [16, 32, 64, 128, 256, 512].map((batchSize) => ({ ...base, batchSize })),
  },
  {
    name: 'width',
    heading: 'Width of both networks, 28×28, batch 64',
    points: [1, 2, 4].map((factor) => ({ ...base, width: factor * WIDTH })),
    notes: ['The work of inner layers grows with the square of the width.'],
  },
  {
    name: 'side',
    heading: 'Side of the images, width 64, batch 16',
    points: [28, 32, 64, 128].map((side) => ({ ...base, batchSize: 16, side })),
    notes: [
      'Every doubling of the side adds a layer with twice the channels to both networks, as in Radford et al. 2016.',
    ],
  },
]

const sourceOf = ({ width, side }: Point): VariantSource => ({
  variant: 'dcgan',
  options: { generatorWidth: width, discriminatorWidth: width },
  fields: { image: imageField([side, side, 1]) },
})

interface Timing extends Point {
  readonly stepMs: number
  readonly imagesPerSecond: number
  readonly peakMemoryMb: number
}

interface Growth {
  readonly axis: Axis['name']
  readonly timings: readonly Timing[]
  readonly exponent: number
  /** R² on log–log axes. */
  readonly fit: number
}

/** How time and memory of a step grow. */
export const scaleTable: BenchTable = {
  name: 'scale',
  title: 'Growth of a step',
  async measure(bench) {
    const { threads } = bench.options
    const measured: Growth[] = []
    for (const axis of axes) {
      const timings: Timing[] = []
      for (const point of axis.points) {
        bench.log(`scale: ${axis.name} ${point[axis.name]}`)
        const { batchSize } = point
        const parameters = { source: sourceOf(point), batchSize, threads, steps: STEPS }
        const { stepMs, peakMemoryMb } = await bench.task('time-step', parameters)
        const imagesPerSecond = rounded((batchSize * 1000) / stepMs, 1)
        timings.push({ ...point, stepMs: rounded(stepMs, 1), imagesPerSecond, peakMemoryMb })
      }
      const { exponent, fit } = fitExponent(timings.map((each) => [each[axis.name], each.stepMs]))
      measured.push({ axis: axis.name, timings, exponent: rounded(exponent, 2), fit: rounded(fit, 3) })
    }
    return { data: measured, sections: axes.map((axis, index) => section(axis, measured[index]!)) }
  },
}

function section({ name, heading, notes = [] }: Axis, { timings, exponent, fit }: Growth): Section {
  return {
    heading,
    columns: [name === 'batchSize' ? 'batch' : name, 'step ms', 'images/s', 'peak MB'],
    rows: timings.map((each) => [
      count(each[name]),
      milliseconds(each.stepMs),
      count(each.imagesPerSecond),
      count(each.peakMemoryMb),
    ]),
    notes: [
      `Time grows with the power ${exponent} (least squares of the logarithms, R² ${fit}).`,
      `The variant \`dcgan\`, both phases; medians of ${STEPS} steps after one, every point in a process of its own.`,
      ...notes,
    ],
  }
}
