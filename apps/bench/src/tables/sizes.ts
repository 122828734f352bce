import { GantryError, imageField } from '@gantry/core'
import type { Bench } from '../bench.ts'
import type { VariantSource } from '../cases/cases.ts'
import { count, type Section } from '../markdown.ts'
import { rounded } from '../statistics.ts'
import type { BenchTable } from './table.ts'

/** The same networks at several sizes, and how many images at a time. */
interface Widths {
  readonly heading: string
  readonly batchSize: number
  /** Sides of the images. */
  readonly sizes: readonly number[]
  /** Timed after one that warms up; where there is none, that one. */
  readonly steps: number
  readonly options: (variant: string) => Readonly<Record<string, unknown>>
}

const VARIANTS = ['stylegan2', 'stylegan', 'progan']
/** Styles have a size of their own, and layers that lead to it. */
const styled = (variant: string, own: object) => (variant === 'progan' ? {} : own)

const widths: readonly Widths[] = [
  {
    heading: 'With 64 channels at most, batch 4',
    batchSize: 4,
    sizes: [32, 64, 128, 256, 512, 1024],
    steps: 1,
    options: (variant) => ({
      ...{ latentSize: 64, generatorWidth: 64, discriminatorWidth: 64, channelBase: 1024 },
      ...styled(variant, { styleSize: 64, mappingLayers: 2 }),
    }),
  },
  {
    heading: "With the authors' widths, one image at a time",
    batchSize: 1,
    sizes: [256, 1024],
    steps: 0,
    // A single image has neither a spread nor parts.
    options: (variant) => ({
      minibatchStandardDeviation: 0,
      ...(variant === 'stylegan2' && { pathLengthShrink: 1 }),
    }),
  },
]

/** Phases that have a column, and what is above it. */
const PHASES = { discriminator: 'D s', generator: 'G s', penalty: 'R1 s', 'path-length': 'path lengths s' }

type Measured = { readonly variant: string; readonly size: number } & (
  | {
      readonly weights: number
      readonly nodes: number
      readonly compileMs: number
      readonly loadMs: number
      readonly phaseMs: Readonly<Record<string, number>>
      readonly peakMemoryMb: number
    }
  | { readonly failed: string }
)

/** Where a network grows, at its size the stage in which it does. */
function sourceOf(variant: string, size: number, options: VariantSource['options']): VariantSource {
  const fields = { image: imageField([size, size, 3]) }
  return { variant, options, fields, ...(variant === 'progan' && { stage: `${size}x${size}-fade-in` }) }
}

/** What networks whose maps double need at every size that they have. */
export const sizesTable: BenchTable = {
  name: 'sizes',
  title: 'Networks of styles and of growth, by the size of their images',
  async measure(bench) {
    const data = []
    for (const width of widths) {
      const rows: Measured[] = []
      for (const variant of VARIANTS) {
        for (const size of width.sizes) rows.push(await measured(bench, width, variant, size))
      }
      data.push({ heading: width.heading, rows })
    }
    return { data, sections: data.map(sectionOf) }
  },
}

async function measured(bench: Bench, { heading, options, batchSize, steps }: Widths, variant: string, size: number) {
  bench.log(`sizes: ${variant} ${size}×${size}. ${heading}`)
  const source = sourceOf(variant, size, options(variant))
  try {
    const parameters = { source, batchSize, threads: bench.options.threads, steps }
    const result = await bench.task('time-step', parameters)
    // The largest take so long that what is there should not be lost with them.
    bench.log(JSON.stringify(result))
    return { variant, size, ...result }
  } catch (error) {
    if (!GantryError.isInstance(error)) throw error
    // The other sizes do not depend on this one.
    return { variant, size, failed: error.problem }
  }
}

const seconds = (milliseconds: number | undefined) =>
  milliseconds === undefined ? '–' : count(milliseconds / 1000, milliseconds < 10_000 ? 2 : 0)

/** Exported for its test. */
export function sectionOf({ heading, rows }: { heading: string; rows: readonly Measured[] }): Section {
  const phases = Object.entries(PHASES)
  return {
    heading,
    columns: [
      ...['variant', 'side', 'weights, million', 'nodes', 'compile s', 'load s'],
      ...phases.map(([, title]) => title),
      'peak MB',
    ],
    rows: rows.map((row) =>
      'failed' in row
        ? [row.variant, count(row.size), row.failed, ...new Array(phases.length + 4).fill('–')]
        : [
            row.variant,
            count(row.size),
            count(rounded(row.weights / 1e6, 2), 2),
            count(row.nodes),
            seconds(row.compileMs),
            seconds(row.loadMs),
            ...phases.map(([phase]) => seconds(row.phaseMs[phase])),
            count(row.peakMemoryMb),
          ],
    ),
    notes: [
      'D, G: an update of each network. `stylegan2` has R1 in steps of its own, every 16th, and path lengths every 4th; in that of D it is with `stylegan`, and the penalty of WGAN-GP with `progan`, which is measured while the layers of its largest size fade in.',
      "Each in a process of its own: compiled, loaded, and every phase run: once to warm up and once timed, with the authors' widths once. Its largest resident size is that of all of it.",
    ],
  }
}
