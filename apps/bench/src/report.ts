import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os'
import type { Outcome } from './measure.ts'
import { median } from './measure.ts'

/** One line of the table. Times are absent for an engine that was skipped or failed. */
export interface Result {
  readonly engine: string
  readonly version?: string
  readonly medianMs?: number
  readonly minMs?: number
  readonly maxMs?: number
  readonly imagesPerSecond?: number
  readonly speedOverPyTorch?: number
  readonly shareOfPeak?: number
  readonly peakMemoryMb?: number
  readonly note?: string
  /** Why the engine is not there, or what it cannot do. */
  readonly skipped?: string
  readonly failed?: string
}

export interface Report {
  readonly date: string
  readonly machine: {
    readonly cpu: string
    readonly cores: number
    readonly memoryGb: number
    readonly platform: string
    readonly node: string
    readonly threads: number
    /** Programs that wanted to run, on average over the minute before the benchmark: near 0 on an idle machine. */
    readonly loadBefore: number
  }
  /** Speed of a large matrix product in ONNX Runtime in the same run; absent when it could not be measured. */
  readonly peakGflops?: number
  readonly cases: readonly { readonly name: string; readonly results: readonly Result[] }[]
}

const round = (value: number, digits: number) => Number(value.toFixed(digits))

export function describeMachine(threads: number): Report['machine'] {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    platform: `${platform()} ${release()}`,
    node: process.versions.node,
    threads,
    loadBefore: round(loadavg()[0]!, 1),
  }
}

/** Turns outcomes into the lines of a case. */
export function summarize(
  outcomes: ReadonlyMap<string, Outcome>,
  batchSize: number,
  flops: number,
  peakGflops: number | undefined,
): Result[] {
  const pytorch = outcomes.get('pytorch')
  const baseline = pytorch?.status === 'measured' ? median(pytorch.milliseconds) : undefined
  return [...outcomes].map(([engine, outcome]): Result => {
    const version = outcome.version === undefined ? {} : { version: outcome.version }
    if (outcome.status !== 'measured') return { engine, ...version, [outcome.status]: outcome.reason }
    const medianMs = median(outcome.milliseconds)
    const gflops = flops / medianMs / 1e6
    return {
      engine,
      ...version,
      medianMs: round(medianMs, 1),
      minMs: round(Math.min(...outcome.milliseconds), 1),
      maxMs: round(Math.max(...outcome.milliseconds), 1),
      imagesPerSecond: round((batchSize * 1000) / medianMs, 1),
      ...(baseline !== undefined && { speedOverPyTorch: round(baseline / medianMs, 3) }),
      ...(peakGflops !== undefined && { shareOfPeak: round(gflops / peakGflops, 4) }),
      peakMemoryMb: Math.round(outcome.peakMemoryMb),
      ...(outcome.note !== undefined && { note: outcome.note }),
    }
  })
}

const number = (value: number | undefined, digits = 0) =>
  value === undefined
    ? '–'
    : value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })

function cells(result: Result): string[] {
  const failed = result.failed === undefined ? undefined : `cannot: ${result.failed}`
  const skipped = result.skipped === undefined ? undefined : `skipped: ${result.skipped}`
  return [
    result.engine,
    result.version ?? '–',
    number(result.medianMs),
    result.medianMs === undefined ? '–' : `${number(result.minMs)} – ${number(result.maxMs)}`,
    number(result.imagesPerSecond, result.imagesPerSecond !== undefined && result.imagesPerSecond < 10 ? 2 : 0),
    result.speedOverPyTorch === undefined ? '–' : `${Number(result.speedOverPyTorch.toPrecision(3))}×`,
    result.shareOfPeak === undefined ? '–' : `${Number((result.shareOfPeak * 100).toPrecision(2))}%`,
    number(result.peakMemoryMb),
    failed ?? skipped ?? result.note ?? '',
  ]
}

const HEADER = [
  'engine',
  'version',
  'median ms',
  'min – max ms',
  'images/s',
  'PyTorch = 1',
  'of peak',
  'peak MB',
  'note',
]

/** A Markdown table with aligned columns: it reads well on a terminal too. */
export function formatTable(results: readonly Result[]): string {
  const rows = [HEADER, ...results.map(cells)]
  const widths = HEADER.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const line = (row: readonly string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`
  return [line(HEADER), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.slice(1).map(line)].join(
    '\n',
  )
}

/** The page `docs/benchmarks.md`. */
export function formatPage(report: Report, command: string, notes: readonly string[]): string {
  const { cpu, cores, memoryGb, platform: system, node, threads, loadBefore } = report.machine
  const peak = report.peakGflops === undefined ? 'not measured' : `${number(report.peakGflops)} GFLOP/s`
  const sections = report.cases.map(({ name, results }) => `## ${name}\n\n${formatTable(results)}\n`)
  return `# Benchmarks

Written by \`${command}\` on ${report.date.slice(0, 10)}.

- Machine: ${cpu}, ${cores} cores, ${memoryGb} GB, ${system}, Node ${node}; ${threads} threads for every engine that has threads.
- Peak: ${peak}, the product of two 2048×2048 matrices in ONNX Runtime in the same run.
- Load average before: ${loadBefore}.

${sections.join('\n')}
${notes.map((note) => `- ${note}`).join('\n')}
`
}
