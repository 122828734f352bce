import { join } from 'node:path'
import { table } from '@gantry/reports/text'
import { Command } from 'commander'
import { type OutputFlags, present } from '../output.ts'

interface ReportFlags extends OutputFlags {
  readonly out?: string
  readonly plots?: string
}

export function reportCommand(): Command {
  return new Command('report')
    .argument('<run>')
    .description('a run as one page: curves, grids over time, interpolations, nearest neighbours, settings')
    .option('--out <file>', 'the page (default: report.html in the run folder)')
    .option('--plots <folder>', 'also write every curve, as an SVG and a PNG')
    .action(report)
}

/** `gantry report`: what a run has come to, as HTML. */
async function report(run: string, flags: ReportFlags): Promise<void> {
  const { runReport, writePlots } = await import('@gantry/reports')
  const { writeOutput } = await import('@gantry/files')
  const out = flags.out ?? join(run, 'report.html')
  const { html, charts, history, reached } = await runReport(run)
  await writeOutput(out, html)
  const plots = flags.plots === undefined ? [] : await writePlots(charts, flags.plots)
  const { outcome, steps } = history
  const step = steps.at(-1)?.step ?? 0
  present(flags, { run, out, outcome, step, charts: charts.map(({ name }) => name), plots }, [
    `${run}: ${reached}`,
    ...table([['page', out], ...plots.map((path) => ['plot', path])]),
  ])
}
