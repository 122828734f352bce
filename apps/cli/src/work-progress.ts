import { printableLine } from '@gantry/core'
import type { OpenProgress } from '@gantry/datasets'
import type { Progress as Report } from '@gantry/metrics'
import { formatSeconds } from '@gantry/reports/text'
import { note } from './output.ts'
import { isTerminal } from './style.ts'

/** Shows long work that is no run: one task after the other, each with its own numbers. */
export interface WorkProgress {
  readonly report: Report
  /** For downloads and scans of data sets. */
  readonly reportOpening: (progress: OpenProgress) => void
  /** Says something that stays, between two tasks. */
  say(text: string): void
  stop(): void
}

/** A bar on a terminal; elsewhere a plain line every ten seconds, of tasks that take as long. */
export async function createWorkProgress(): Promise<WorkProgress> {
  const { report, stop } = isTerminal() ? await createBar() : createLines()
  return {
    report,
    reportOpening({ task, unit, done, total = 0 }) {
      if (unit === 'bytes') reportBytes(report, done, total, task)
      else report(done, total, task)
    },
    say(text) {
      stop()
      note(text)
    },
    stop,
  }
}

/** Reports bytes as megabytes. */
export function reportBytes(report: Report, done: number, total: number | undefined, what: string): void {
  const megabytes = (bytes: number) => Math.round(bytes / 1e5) / 10
  report(megabytes(done), megabytes(total ?? 0), `${what}, MB`)
}

const SECONDS_BETWEEN_LINES = 10

type Shown = Pick<WorkProgress, 'report' | 'stop'>

function createLines(): Shown {
  let task = ''
  let startedAt = 0
  let shownAt = performance.now()
  return {
    report(done, total, what) {
      const now = performance.now()
      if (what !== task) [task, startedAt] = [what, now]
      if (now - shownAt < SECONDS_BETWEEN_LINES * 1000) return
      shownAt = now
      const remaining = done > 0 && total > 0 ? ((now - startedAt) / 1000) * (total / done - 1) : undefined
      note(
        `${what} ${done}${total > 0 ? `/${total}` : ''}${remaining === undefined ? '' : `  ETA ${formatSeconds(remaining)}`}`,
      )
    },
    stop() {},
  }
}

async function createBar(): Promise<Shown> {
  const { Presets, SingleBar } = (await import('cli-progress')).default
  const format = '{bar} {value}/{total} {what}  ETA {eta_formatted}'
  const bar = new SingleBar(
    { format, stream: process.stderr, hideCursor: true, barsize: 24, clearOnComplete: true },
    Presets.shades_classic,
  )
  let task: string | undefined
  return {
    report(done, total, what) {
      if (what !== task) {
        if (task !== undefined) bar.stop()
        bar.start(total, done, { what: printableLine(what) })
        task = what
      } else {
        bar.update(done)
      }
    },
    stop() {
      if (task !== undefined) bar.stop()
      task = undefined
    },
  }
}
