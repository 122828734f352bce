import { counted, printableLine, type RunEvent, type RunEventOf } from '@gantry/core'
import type { OpenProgress } from '@gantry/datasets'
import { describeRollback, describeVerdict, formatSeconds, roundedSpeed } from '@gantry/reports/text'
import { secondsRemaining } from '@gantry/training'
import { note } from './output.ts'
import { isTerminal, style } from './style.ts'

/** Shows a run to whoever watches it. */
export interface Progress {
  show(event: RunEvent): void
  stop(): void
}

/** A bar on a terminal; elsewhere a plain line now and then. */
export async function createProgress(): Promise<Progress> {
  return isTerminal() ? createBar() : createLines()
}

const SECONDS_BETWEEN_LINES = 10

function createLines(): Progress {
  let batchSize = 1
  let shownAt = Number.NEGATIVE_INFINITY
  return {
    show(event) {
      if (event.type === 'start') batchSize = event.batchSize
      for (const { text, prefix } of linesOf(event)) note(text, prefix)
      if (event.type !== 'step') return
      if (event.step < event.steps && event.secondsElapsed - shownAt < SECONDS_BETWEEN_LINES) return
      shownAt = event.secondsElapsed
      const { speed, remaining, scalars } = describeStep(event, batchSize)
      note(`step ${event.step}/${event.steps}  ${speed}  ETA ${remaining}  ${scalars}`)
    },
    stop() {},
  }
}

async function createBar(): Promise<Progress> {
  const { Presets, SingleBar } = (await import('cli-progress')).default
  const format = '{bar} {value}/{total}  {speed}  ETA {remaining}  {scalars}'
  const bar = new SingleBar({ format, stream: process.stderr, hideCursor: true, barsize: 24 }, Presets.shades_classic)
  let batchSize = 1
  return {
    show(event) {
      if (event.type === 'start') {
        batchSize = event.batchSize
        bar.start(event.steps, event.step, { speed: '', remaining: '…', scalars: '' })
      }
      if (event.type === 'step') bar.update(event.step, describeStep(event, batchSize))
      // The bar draws itself again below the line.
      for (const { text, prefix } of linesOf(event)) note(text, `\r\u001b[K${prefix}`)
    },
    stop: () => bar.stop(),
  }
}

interface Line {
  readonly text: string
  readonly prefix: string
}

/** What is told beside how far the run is. */
function linesOf(event: RunEvent): Line[] {
  const marked = (mark: string, text: string) => ({ text, prefix: `${style('yellow', mark)} ` })
  if (event.type === 'warning') return [marked('warning:', event.message)]
  if (event.type === 'rollback') return [marked('rollback:', describeRollback(event))]
  if (event.type === 'stage') return [{ text: `step ${event.step}  ${describeStage(event)}`, prefix: '' }]
  if (event.type === 'score') return [{ text: `step ${event.step}  ${listed(event.scores)}`, prefix: '' }]
  if (event.type !== 'verdict') return []
  const [first = '', ...rest] = describeVerdict(event)
  return [marked('verdict:', first), ...rest.map((text) => ({ text, prefix: '' }))]
}

function describeStage({ stage, secondsToPrepare }: RunEventOf<'stage'>): string {
  return `stage ${stage}${secondsToPrepare === undefined ? '' : `, compiled in ${secondsToPrepare.toFixed(1)} s`}`
}

function describeStep(event: RunEventOf<'step'>, batchSize: number) {
  const seconds = secondsRemaining(event, batchSize)
  return {
    speed: `${counted(roundedSpeed(event.samplesPerSecond), 'sample')}/s`,
    remaining: seconds === undefined ? '…' : formatSeconds(seconds),
    scalars: listed(event.scalars),
  }
}

function listed(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value.toFixed(3)}`)
    .join('  ')
}

/** Shows how far opening a data set is; on terminals only, where the line is replaced by the next. */
export function showScan({ task, unit, done, total }: OpenProgress): void {
  if (!isTerminal()) return
  const amount = (count: number) => (unit === 'bytes' ? `${(count / 1e6).toFixed(1)} MB` : String(count))
  const of = total === undefined ? '' : ` of ${amount(total)}`
  process.stderr.write(`\r\u001b[K${printableLine(task)}: ${amount(done)}${of}${done === total ? '\n' : ''}`)
}
